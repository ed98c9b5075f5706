package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.Decoder;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.DataCheck;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * How much each weight of a base model matters for its existing skills: the diagonal of the Fisher
 * information per token, {@code F_i = sum over rows (d log p(y | x) / d w_i)^2 / tokens}.
 *
 * <p>The tokens y at a row's loss-carrying positions are sampled from the model, given the row's
 * true tokens before them. The samples depend only on seed, row and position. Such scores have mean
 * 0 and are uncorrelated between positions. So one gradient per row estimates the sum over its
 * tokens.
 *
 * @see <a href="https://arxiv.org/abs/1612.00796">Kirkpatrick et al., 2017</a>
 * @see <a href="https://arxiv.org/abs/1905.12558">Kunstner et al., 2019, on why the tokens are
 *     sampled and not taken from the data</a>
 */
public final class Fisher {
    private Fisher() {}

    /** Chooses the tokens whose probability is differentiated. */
    @FunctionalInterface
    interface Targets {
        /**
         * @param row its index in the dataset
         * @param logits of each position: (N, V)
         * @param dataTokens tokens of the data at these positions
         */
        long[] of(int row, NDArray logits, long[] dataTokens);
    }

    /**
     * Estimates the Fisher information of the weights that a plan changes. Writes it as float32, by
     * the names of the base model's weights.
     *
     * @param general rows of general skill
     * @param rows number of rows to use, sampled with the plan's seed; all if there are fewer
     * @param progress receives the number of rows done
     */
    public static void estimate(
            TrainingPlan plan, Path modelFolder, TokenDataset general, int rows, Path file, IntConsumer progress)
            throws IOException {
        CounterRandom random = CounterRandom.stream(plan.seed(), "fisher");
        int[] order = random.permutation(general.rows());
        int[] chosen = Arrays.copyOf(order, Math.min(rows, order.length));
        estimate(
                plan,
                modelFolder,
                general,
                chosen,
                (row, logits, dataTokens) -> sampled(logits, dataTokens.length, random.at(row)),
                file,
                progress);
    }

    static void estimate(
            TrainingPlan plan,
            Path modelFolder,
            TokenDataset general,
            int[] rows,
            Targets targets,
            Path file,
            IntConsumer progress)
            throws IOException {
        DataCheck.require(general, plan.maxTokens());
        // Fisher information is defined for log p, so the router's loss is left out.
        ModelConfig config = ModelConfig.read(modelFolder).unbalanced();
        Set<String> changed = changed(plan, modelFolder);
        try (NDManager scope = Torch.newScope()) {
            Weights weights =
                    Weights.load(scope, config, ModelFolder.open(modelFolder), plan.precision(), changed::contains);
            Decoder decoder = Decoder.compile(scope, config, plan.precision(), weights, LoraAdapter.NONE);
            Script script = Script.load(scope, WeightRegularizer.source());
            List<String> names = List.copyOf(weights.trainable().keySet());
            TensorList parameters = TensorList.of(
                    scope, names.stream().map(weights.trainable()::get).toList());
            List<NDArray> sums = new ArrayList<>();
            for (NDArray parameter : parameters.arrays()) {
                sums.add(scope.zeros(parameter.getShape(), DataType.FLOAT32));
            }
            TensorList fisher = TensorList.of(scope, sums);
            long tokens = 0;
            for (int done = 0; done < rows.length; done++) {
                try (NDManager scratch = scope.newSubManager()) {
                    TokenBatch batch = sampledBatch(scratch, config, decoder, general, rows[done], targets);
                    tokens += batch.count();
                    NDArray noDropout = scratch.create(new Shape(0), DataType.INT64);
                    decoder.backward(scratch, batch, noDropout, 1, false);
                    script.call(scratch, "squares", parameters, fisher);
                }
                progress.accept(done + 1);
            }
            try (NDManager scratch = scope.newSubManager()) {
                script.call(scratch, "scaled", fisher, 1.0 / tokens);
            }
            write(file, names, sums);
        }
    }

    private static TokenBatch sampledBatch(
            NDManager scratch, ModelConfig config, Decoder decoder, TokenDataset general, int number, Targets targets) {
        TokenDataset.Row row = general.row(number);
        TokenBatch batch = TokenBatch.of(scratch, config, List.of(row.tokens()), List.of(row.mask()));
        NDArray logits = decoder.logits(scratch, batch);
        long[] chosen = targets.of(number, logits, batch.targets().toLongArray());
        return new TokenBatch(
                batch.ids(),
                batch.positions(),
                batch.runs(),
                batch.at(),
                scratch.create(chosen),
                batch.count(),
                batch.hidden());
    }

    /** The base model's weights that the plan changes, directly or after merging. */
    private static Set<String> changed(TrainingPlan plan, Path modelFolder) {
        try (NDManager scope = Torch.newScope()) {
            TrainableModel model = TrainableModel.openWithAutograd(scope, plan, modelFolder);
            Set<String> changed = new HashSet<>(model.parameters().keySet());
            model.products().keySet().forEach(module -> changed.add(module + ".weight"));
            return changed;
        }
    }

    /** Samples one token per position, with its probability under softmax(logits). */
    static long[] sampled(NDArray logits, int positions, CounterRandom random) {
        float[] flat = logits.toFloatArray();
        int width = flat.length / positions;
        long[] tokens = new long[positions];
        for (int n = 0; n < positions; n++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int v = 0; v < width; v++) {
                largest = Math.max(largest, flat[n * width + v]);
            }
            double[] cumulative = new double[width];
            double sum = 0;
            for (int v = 0; v < width; v++) {
                sum += StrictMath.exp(flat[n * width + v] - largest);
                cumulative[v] = sum;
            }
            double threshold = random.uniform(n) * sum;
            int token = 0;
            while (token < width - 1 && cumulative[token] <= threshold) {
                token++;
            }
            tokens[n] = token;
        }
        return tokens;
    }

    private static void write(Path file, List<String> names, List<NDArray> tensors) throws IOException {
        List<TensorSource> sources = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            NDArray tensor = tensors.get(i);
            sources.add(new TensorSource(names.get(i), ElementType.F32, tensor.getShape(), out -> {
                ByteBuffer bytes = tensor.toByteBuffer();
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }));
        }
        SafetensorsWriter.write(file, Map.of(), sources);
    }
}
