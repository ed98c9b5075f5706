package dev.septet.examples.benchmarks.training;

import dev.septet.examples.benchmarks.TemporaryFolder;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures speed and memory of LoRA steps on one device: Septet, transformers + peft and TRL + peft.
 * Models have random weights. Programs run one after the other, so that each has the card's memory
 * for itself. Prints tables.
 */
public final class CardBenchmark {
    private static final int WORDS = 1500;

    private static final Map<String, RandomModel> MODELS = Map.of(
            "tiny", new RandomModel("tiny", 128, 2, 2, 1, 4096),
            "135M", new RandomModel("135M", 576, 30, 9, 3, 49152),
            "360M", new RandomModel("360M", 960, 32, 15, 5, 49152),
            "1B", new RandomModel("1B", 2048, 22, 32, 8, 32000),
            "3B", new RandomModel("3B", 3072, 28, 48, 12, 49152),
            "8B", new RandomModel("8B", 4608, 34, 72, 18, 128_256));

    private CardBenchmark() {}

    /**
     * Usage: {@code CardBenchmark TOKENIZER PYTHON DEVICE REPEATS ROWS LENGTH SIZE...}. TOKENIZER is
     * the model folder whose tokenizer TRL reads; DEVICE is {@code cpu} or {@code cuda}. Prints which
     * program had too little memory for a size, and goes on with the next one.
     */
    public static void main(String[] arguments) throws IOException {
        for (String size : List.of(arguments).subList(6, arguments.length)) {
            RandomModel model = MODELS.get(size);
            if (model == null) {
                throw new IllegalArgumentException(
                        "no size is named %s; there are %s".formatted(size, new TreeMap<>(MODELS).keySet()));
            }
            Path scratch = Files.createTempDirectory("septet-card");
            try {
                compare(model, scratch, arguments);
            } finally {
                TemporaryFolder.delete(scratch);
            }
        }
    }

    private static void compare(RandomModel model, Path scratch, String[] arguments) throws IOException {
        Path tokenizer = Path.of(arguments[0]);
        String device = arguments[2];
        int rows = Integer.parseInt(arguments[4]);
        int length = Integer.parseInt(arguments[5]);
        Path folder = model.write(scratch, tokenizer.resolve("tokenizer.json"), ElementType.BF16);
        Path data = scratch.resolve("rows.safetensors");
        TokenDatasetWriter.write(data, random(rows, length));
        boolean bf16 = !device.equals(Torch.CPU) || ComputePrecision.BF16.orSupported() == ComputePrecision.BF16;
        int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
        Field field = new Field(folder, Path.of(arguments[1]), scratch, threads);
        List<Contestant> contestants = List.of(
                field.ours("Septet", settings("lora", data, rows, bf16, device)),
                field.peer("TRL + peft", trl(settings("trl", data, rows, bf16, device), tokenizer, scratch, length)),
                field.peer("transformers + peft", settings("peft", data, rows, bf16, device)));
        String title = String.format(
                Locale.ROOT,
                "%.0f million parameters, LoRA %s, %d rows of %d tokens, %s",
                model.parameters() / 1e6,
                bf16 ? "bf16" : "float32",
                rows,
                length,
                device);
        List<Measured> measured = new ArrayList<>();
        List<String> tooLarge = new ArrayList<>();
        for (Contestant contestant : contestants) {
            SpeedComparison alone = new SpeedComparison(title, "none", List.of(contestant));
            try {
                measured.addAll(Race.run(alone, Integer.parseInt(arguments[3]), 1));
            } catch (StepProcess.DoesNotFit e) {
                tooLarge.add(contestant.name());
            }
        }
        System.out.println(StepTable.of(new SpeedComparison(title, "none yet", contestants), measured, tooLarge));
    }

    private static Map<String, Object> settings(String kind, Path data, int rows, boolean bf16, String device) {
        return Map.of("kind", kind, "data", data.toString(), "bf16", bf16, "rows", rows, "device", device);
    }

    private static Map<String, Object> trl(Map<String, Object> settings, Path tokenizer, Path scratch, int length) {
        Map<String, Object> all = new TreeMap<>(settings);
        all.put("packing", false);
        all.put("length", length);
        all.put("tokenizer", tokenizer.toString());
        all.put("out", scratch.resolve("trl").toString());
        return all;
    }

    /** Rows of random token ids that are in every vocabulary here, without the special tokens. */
    private static List<TokenDataset.Row> random(int rows, int length) {
        CounterRandom random = CounterRandom.stream(7, "rows");
        List<TokenDataset.Row> all = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            int[] tokens = new int[length];
            byte[] mask = new byte[length];
            for (int i = 0; i < length; i++) {
                tokens[i] = 10 + random.below(WORDS, row * length + i);
                mask[i] = 1;
            }
            all.add(new TokenDataset.Row(tokens, mask));
        }
        return all;
    }
}
