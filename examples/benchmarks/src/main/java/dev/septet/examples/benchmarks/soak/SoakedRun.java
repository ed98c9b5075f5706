package dev.septet.examples.benchmarks.soak;

import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.StepMetrics;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One process of a soak test. It trains once with each configuration, and prints each step's bits
 * and the result's digest.
 */
public final class SoakedRun {
    private static final int STEPS = 4;
    private static final int ROWS = 16;
    private static final int LONGEST = 96;
    private static final List<String> ALL =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    private SoakedRun() {}

    /**
     * Usage: {@code SoakedRun MODEL_FOLDER SCRATCH}. Prints lines of "way, place, bits" to standard
     * output.
     */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]);
        Path scratch = Path.of(arguments[1]);
        Path rows = scratch.resolve("rows.safetensors");
        writeRows(rows, ModelConfig.read(model).vocabularySize());
        for (Map.Entry<String, Method> way : ways().entrySet()) {
            for (ComputePrecision precision : ComputePrecision.values()) {
                for (boolean recompute : new boolean[] {false, true}) {
                    String name = "%s %s%s".formatted(way.getKey(), precision, recompute ? " recomputed" : "");
                    train(name, plan(way.getValue(), precision), model, rows, recompute);
                }
            }
        }
    }

    private static Map<String, Method> ways() {
        return new TreeMap<>(Map.of(
                "lora", new Lora(8, 16, 0, ALL),
                "lora with dropout", new Lora(8, 16, 0.1, ALL),
                "full", new Full()));
    }

    private static void train(String name, TrainingPlan plan, Path model, Path rows, boolean recompute)
            throws IOException {
        Path saved = Files.createTempDirectory(rows.getParent(), "saved");
        TokenDataset data = TokenDataset.open(rows);
        try (Trainer trainer = Trainer.open(plan, model, data, Optional.empty())) {
            trainer.setBudget(trainer.budget().recomputing(recompute));
            while (!trainer.finished()) {
                StepMetrics step = trainer.step();
                System.out.printf(
                        "%s, step %d, %x %x%n",
                        name,
                        step.step(),
                        Double.doubleToRawLongBits(step.loss()),
                        Double.doubleToRawLongBits(step.gradientNorm()));
            }
            trainer.save(saved);
        }
        List<Path> files;
        try (Stream<Path> list = Files.list(saved)) {
            files = list.sorted().toList();
        }
        MessageDigest digest = sha256();
        for (Path file : files) {
            digest.update(Files.readAllBytes(file));
            Files.delete(file);
        }
        Files.delete(saved);
        System.out.printf("%s, result, %s%n", name, HexFormat.of().formatHex(digest.digest()));
    }

    private static TrainingPlan plan(Method method, ComputePrecision precision) {
        LearningRate rate = new LearningRate(LearningRate.Shape.CONSTANT, 1e-3, 0);
        return new TrainingPlan(method, precision, 5, 4, 1, STEPS, AdamW.DEFAULT, rate, 1, Set.of(), LONGEST);
    }

    /** Writes random rows of random lengths from a fixed seed. */
    private static void writeRows(Path file, int vocabulary) throws IOException {
        CounterRandom random = CounterRandom.stream(1, "soak");
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int r = 0; r < ROWS; r++) {
            CounterRandom own = random.at(r);
            int[] tokens = new int[LONGEST / 4 + own.below(LONGEST * 3 / 4, 0)];
            byte[] mask = new byte[tokens.length];
            for (int t = 0; t < tokens.length; t++) {
                tokens[t] = own.below(vocabulary, t + 1L);
                mask[t] = 1;
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        TokenDatasetWriter.write(file, rows);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
