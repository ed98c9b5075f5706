package dev.septet.examples.benchmarks.training;

import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TokenDatasetWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures how time and memory of a LoRA step grow with the row length and with the model size. The
 * step uses bf16, or float32 on a machine without bf16.
 */
public final class GrowthBenchmark {
    private static final int TOKENS = 2048;
    private static final int WORDS = 2000;
    private static final String LENGTH = "length";
    private static final String SIZE = "size";
    private static final List<RandomModel> MODELS = List.of(
            new RandomModel("2M", 128, 6, 2, 1, 4096),
            new RandomModel("12M", 256, 10, 4, 2, 16384),
            new RandomModel("45M", 448, 14, 7, 7, 32768),
            new RandomModel("135M", 576, 30, 9, 3, 49152),
            new RandomModel("360M", 960, 32, 15, 5, 49152));

    private final Field field;
    private final int repeats;

    private GrowthBenchmark(Field field, int repeats) {
        this.field = field;
        this.repeats = repeats;
    }

    /**
     * Usage: {@code GrowthBenchmark MODEL.gguf PYTHON REPEATS FOLDER [length|size]}. Without the
     * last argument it measures both. Curves are written to FOLDER.
     */
    public static void main(String[] arguments) throws IOException {
        Path model = BenchmarkModel.folder(arguments[0]);
        Path scratch = Files.createTempDirectory("septet-benchmark");
        int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
        Path out = Path.of(arguments[3]);
        GrowthBenchmark benchmark = new GrowthBenchmark(
                new Field(model, Path.of(arguments[1]), scratch, threads), Integer.parseInt(arguments[2]));
        List<String> wanted = arguments.length > 4 ? List.of(arguments[4]) : List.of(LENGTH, SIZE);
        if (wanted.contains(LENGTH)) {
            draw(out, LENGTH, "LoRA on SmolLM2-135M", "tokens of a row", benchmark.lengths());
        }
        if (wanted.contains(SIZE)) {
            draw(out, SIZE, "LoRA, rows of 256 tokens", "million parameters", benchmark.sizes());
        }
    }

    private List<GrowthPoint> lengths() throws IOException {
        List<GrowthPoint> points = new ArrayList<>();
        for (int length = 128; length <= 2048; length *= 2) {
            String title = String.format(Locale.ROOT, "SmolLM2-135M, %d rows of %d tokens", TOKENS / length, length);
            points.add(point(field, title, length, TOKENS / length, length));
        }
        return points;
    }

    private List<GrowthPoint> sizes() throws IOException {
        List<GrowthPoint> points = new ArrayList<>();
        for (RandomModel model : MODELS) {
            Path folder = model.write(field.folder(), field.model().resolve("tokenizer.json"));
            double millions = model.parameters() / 1e6;
            points.add(point(
                    new Field(folder, field.python(), field.folder(), field.threads()),
                    String.format(Locale.ROOT, "%.0f million parameters, 4 rows of 256 tokens", millions),
                    millions,
                    4,
                    256));
        }
        return points;
    }

    private GrowthPoint point(Field where, String title, double x, int rows, int length) throws IOException {
        Path data = where.folder().resolve("rows.safetensors");
        TokenDatasetWriter.write(data, random(rows, length));
        SpeedComparison comparison = new SpeedComparison(
                title,
                "none; it shows how cost grows",
                List.of(
                        where.ours("Septet", settings("lora", data, rows)),
                        where.peer("transformers + peft", settings("peft", data, rows))));
        List<Measured> measured = Race.run(comparison, repeats, 1);
        System.out.println(StepTable.of(comparison, measured));
        return new GrowthPoint(x, measured);
    }

    private static Map<String, Object> settings(String kind, Path data, int rows) {
        boolean bf16 = ComputePrecision.BF16.orSupported() == ComputePrecision.BF16;
        return Map.of("kind", kind, "data", data.toString(), "bf16", bf16, "rows", rows);
    }

    /** Rows of random token ids that are in every vocabulary here. */
    private static List<TokenDataset.Row> random(int rows, int length) {
        CounterRandom random = CounterRandom.stream(7, "rows");
        List<TokenDataset.Row> all = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            int[] tokens = new int[length];
            byte[] mask = new byte[length];
            for (int i = 0; i < length; i++) {
                tokens[i] = (int) (WORDS * random.uniform(row * length + i));
                mask[i] = 1;
            }
            all.add(new TokenDataset.Row(tokens, mask));
        }
        return all;
    }

    private static void draw(Path out, String name, String title, String xName, List<GrowthPoint> points)
            throws IOException {
        Files.createDirectories(out);
        Files.writeString(
                out.resolve("growth-" + name + "-speed.svg"),
                new GrowthPlot(title, xName, "tokens/s", row -> 1000 / row.median()).svg(points));
        Files.writeString(
                out.resolve("growth-" + name + "-memory.svg"),
                new GrowthPlot(title, xName, "peak memory, MB", row -> row.peakMemory() / 1e6).svg(points));
    }
}
