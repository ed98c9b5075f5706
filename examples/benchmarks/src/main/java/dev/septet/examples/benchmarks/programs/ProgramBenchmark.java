package dev.septet.examples.benchmarks.programs;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.examples.benchmarks.Methods;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.AutogradProgram;
import dev.septet.llm.model.program.Decoder;
import dev.septet.llm.model.program.FusedLoraProgram;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.model.program.TrainingProgram;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Measures training steps of each of the engine's programs in turn, and prints Markdown tables. */
public final class ProgramBenchmark {
    private static final int ROWS = 4;
    private static final int LENGTH = 257; // the model computes 256 positions; each predicts the next token
    private static final long SEED = 1;

    private final Path folder;
    private final Method method;
    private final ModelConfig config;

    private ProgramBenchmark(Path folder, Method method) {
        this.folder = folder;
        this.method = method;
        this.config = ModelConfig.read(folder);
    }

    /**
     * Usage: {@code ProgramBenchmark MODEL.gguf REPEATS METHOD...}, with the number of threads in
     * the property {@code ai.djl.pytorch.num_threads}.
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = BenchmarkModel.folder(arguments[0]);
        int repeats = Integer.parseInt(arguments[1]);
        for (String word : Arrays.asList(arguments).subList(2, arguments.length)) {
            ProgramBenchmark benchmark = new ProgramBenchmark(folder, Methods.named(word));
            for (ComputePrecision precision :
                    new TreeSet<>(List.of(ComputePrecision.BF16.orSupported(), ComputePrecision.FLOAT32))) {
                System.out.println("### %s, %s%n".formatted(word, benchmark.table(precision, repeats)));
            }
        }
    }

    private String table(ComputePrecision precision, int repeats) throws IOException {
        try (NDManager scope = Torch.newScope()) {
            MatrixRate rate = new MatrixRate(scope, precision);
            List<ProgramContender> contenders = List.of(
                    new ProgramContender(scope, autograd(scope, precision)),
                    new ProgramContender(scope, own(scope, precision)));
            TokenBatch batch = batch(scope);
            for (int step = 0; step <= repeats; step++) {
                for (ProgramContender contender : contenders) {
                    contender.step(scope, batch);
                }
                rate.measure();
            }
            StringBuilder text = new StringBuilder(text(precision, repeats, rate.best(), contenders));
            for (ProgramContender contender : contenders) {
                text.append("\nOne more step of %s, profiled:\n\n".formatted(contender.name()))
                        .append(StepProfile.of(() -> contender.step(scope, batch))
                                .table());
            }
            return text.toString();
        }
    }

    private String text(ComputePrecision precision, int repeats, double rate, List<ProgramContender> contenders) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, """
            %s, %d repeats, %d threads, %.0f Gflop/s in matrix products

            | program | min time (s) | median time (s) | min CPU time (s) | share of the matrix-product rate | loss |
            | --- | --- | --- | --- | --- | --- |
            """, precision, repeats, Torch.threads(), rate / 1e9));
        for (ProgramContender contender : contenders) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.2f | %.0f %% | %.5f |%n",
                    contender.name(),
                    contender.least(),
                    contender.median(),
                    contender.leastProcessor(),
                    100 * operations() / contender.least() / rate,
                    contender.loss()));
        }
        ProgramContender first = contenders.get(0);
        ProgramContender second = contenders.get(1);
        return text.append(String.format(
                        Locale.ROOT,
                        "%nRatios of the two programs: min time %.2f, median time %.2f, CPU time %.2f%n",
                        first.least() / second.least(),
                        first.median() / second.median(),
                        first.leastProcessor() / second.leastProcessor()))
                .toString();
    }

    /**
     * Operations of the matrix products per step. Each weight and token needs 2 in the forward
     * pass. It needs 2 more if a gradient flows through the matrix, and 2 for the weight's gradient
     * if the matrix is trained.
     */
    private double operations() {
        String embedding = "model.embed_tokens.weight"; // tied to the output in this model
        double weights = (trains(embedding) ? 6.0 : 4.0) * config.vocabularySize() * config.hiddenSize();
        boolean flows = trains(embedding) || isAdapter();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearLayer linear : LinearLayer.values()) {
                boolean trained = trains(linear.module(layer) + ".weight");
                flows |= trained;
                weights += (trained ? 6.0 : flows ? 4.0 : 2.0) * linear.inputs(config) * linear.outputs(config);
            }
        }
        return weights * ROWS * (LENGTH - 1);
    }

    private boolean isAdapter() {
        return method.adapterConfig("").isPresent();
    }

    private TrainingProgram autograd(NDManager scope, ComputePrecision precision) {
        Weights weights =
                Weights.load(scope, config, ModelFolder.open(folder), precision, this::trains, method::quantizes);
        LoraAdapter adapter = adapter(scope, weights.tensors());
        Map<String, NDArray> parameters = new LinkedHashMap<>(weights.trainable());
        parameters.putAll(adapter.parameters());
        return new AutogradProgram(Decoder.compile(scope, config, precision, weights, adapter), parameters);
    }

    private TrainingProgram own(NDManager scope, ComputePrecision precision) {
        ModelFolder model = ModelFolder.open(folder);
        return isAdapter()
                ? FusedLoraProgram.open(scope, config, model, precision, adapter(scope, Map.of()))
                : FusedWeightProgram.open(scope, config, model, precision, this::trains, false);
    }

    private LoraAdapter adapter(NDManager scope, Map<String, NDArray> weights) {
        return method.newAdapter(scope, config, weights, Set.of(), SEED);
    }

    private boolean trains(String weight) {
        return method.trains(weight, config, Set.of());
    }

    private TokenBatch batch(NDManager scope) {
        List<int[]> rows = new ArrayList<>();
        List<byte[]> masks = new ArrayList<>();
        CounterRandom random = CounterRandom.stream(1, "benchmark");
        for (int b = 0; b < ROWS; b++) {
            int[] row = new int[LENGTH];
            byte[] mask = new byte[LENGTH];
            Arrays.fill(mask, (byte) 1);
            for (int t = 0; t < LENGTH; t++) {
                row[t] = random.below(config.vocabularySize(), (long) b * LENGTH + t);
            }
            rows.add(row);
            masks.add(mask);
        }
        return TokenBatch.of(scope, config, rows, masks);
    }
}
