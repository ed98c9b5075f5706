package dev.septet.examples.benchmarks.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.activities.store.Sha256;
import dev.septet.examples.benchmarks.Methods;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.tokenizer.Tokenizer;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What one process computes on its device: trainings of every method, and the greedy answers of
 * each trained model.
 *
 * @param device such as {@code cuda:0}
 */
public record DeviceRun(String device, List<Trained> trained) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> METHODS = List.of("lora", "dora", "qlora", "partial", "full");
    private static final int ROWS = 16;
    private static final int LENGTH = 48;
    private static final int PROMPTS = 3;
    private static final int PROMPT = 8;
    private static final int ANSWER = 24;

    /**
     * A trained model.
     *
     * @param losses of its steps
     * @param digest of the exported files
     * @param answers token ids of its greedy answers
     */
    public record Trained(String method, String precision, List<Double> losses, String digest, List<int[]> answers) {}

    /**
     * Usage: {@code DeviceRun MODEL STEPS DEVICE FOLDER RESULT}. DEVICE is the expected one; FOLDER is
     * empty; RESULT is the file of the result.
     */
    public static void main(String[] arguments) throws IOException {
        ExpectedDevice.require(arguments[2]);
        Path model = Path.of(arguments[0]);
        int steps = Integer.parseInt(arguments[1]);
        Path folder = Path.of(arguments[3]);
        List<Trained> trained = new ArrayList<>();
        for (ComputePrecision precision : ComputePrecision.values()) {
            for (String method : METHODS) {
                if (precision.orSupported() == precision) {
                    trained.add(train(model, method, precision, steps, folder.resolve(method + "-" + precision)));
                }
            }
        }
        JSON.writeValue(Path.of(arguments[4]).toFile(), new DeviceRun(Torch.device(), trained));
    }

    /** Reads a process's result. */
    static DeviceRun read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), DeviceRun.class);
    }

    private static Trained train(Path model, String word, ComputePrecision precision, int steps, Path folder)
            throws IOException {
        Method method = Methods.named(word);
        LearningRate rate = new LearningRate(LearningRate.Shape.CONSTANT, method instanceof Full ? 1e-4 : 1e-3, 0);
        TrainingPlan plan =
                new TrainingPlan(method, precision, 7, 4, 1, steps, AdamW.DEFAULT, rate, 1, Set.of(), LENGTH);
        Files.createDirectories(folder);
        ModelConfig config = ModelConfig.read(model);
        TokenDatasetWriter.write(folder.resolve("rows.safetensors"), rows(config));
        Path export = Files.createDirectories(folder.resolve("export"));
        List<Double> losses = new ArrayList<>();
        try (Trainer trainer =
                Trainer.open(plan, model, TokenDataset.open(folder.resolve("rows.safetensors")), Optional.empty())) {
            for (int step = 0; step < steps; step++) {
                losses.add(trainer.step().loss());
            }
            trainer.exportTo(export, "base");
        }
        boolean adapter = method.adapterConfig("base").isPresent();
        return new Trained(
                word,
                precision.name().toLowerCase(java.util.Locale.ROOT),
                losses,
                digest(export),
                answers(adapter ? model : export, adapter ? Optional.of(export) : Optional.empty(), model, precision));
    }

    private static List<int[]> answers(
            Path model, Optional<Path> adapter, Path tokenizerFolder, ComputePrecision precision) throws IOException {
        try (LanguageModel opened = LanguageModel.open(model, precision, adapter);
                Tokenizer tokenizer = Tokenizer.open(tokenizerFolder)) {
            List<int[]> prompts = new ArrayList<>();
            for (TokenDataset.Row row : rows(opened.config()).subList(0, PROMPTS)) {
                prompts.add(java.util.Arrays.copyOf(row.tokens(), PROMPT));
            }
            return new Generator(opened, tokenizer, PROMPTS)
                    .generate(prompts, GenerationOptions.greedy(ANSWER, Set.of())).stream()
                            .map(Generated::ids)
                            .toList();
        }
    }

    /** Rows of random tokens that all carry loss. */
    private static List<TokenDataset.Row> rows(ModelConfig config) {
        CounterRandom random = CounterRandom.stream(7, "device rows");
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int[] tokens = new int[LENGTH - row];
            byte[] mask = new byte[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = random.below(config.vocabularySize(), row * LENGTH + i);
                mask[i] = 1;
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        return rows;
    }

    private static String digest(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                all.append(file.getFileName())
                        .append(' ')
                        .append(Sha256.of(Files.readAllBytes(file)))
                        .append('\n');
            }
        }
        return Sha256.of(all.toString());
    }
}
