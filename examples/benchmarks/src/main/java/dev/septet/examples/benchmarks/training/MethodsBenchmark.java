package dev.septet.examples.benchmarks.training;

import dev.septet.examples.benchmarks.BenchmarkModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares the other methods with LoRA, each in a process of its own, and prints tables. */
public final class MethodsBenchmark {
    private static final int ROWS = 4;
    private static final int LENGTH = 256;
    private static final int STEPS = 100;
    private static final int HELD_OUT = 40;

    private final Field field;
    private final Chats chats;

    private MethodsBenchmark(Field field, Chats chats) {
        this.field = field;
        this.chats = chats;
    }

    /**
     * Usage: {@code MethodsBenchmark steps MODEL.gguf CONVERSATIONS.jsonl REPEATS}. With {@code
     * losses} instead of {@code steps}, the last argument is a seed of the adapter and of the row
     * order. The property {@code ai.djl.pytorch.num_threads} has the number of threads.
     */
    public static void main(String[] arguments) throws IOException {
        Path model = BenchmarkModel.folder(arguments[1]);
        int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
        Field field = new Field(model, null, Files.createTempDirectory("septet-methods"), threads);
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            Chats chats = new Chats(model, tokenizer, Path.of(arguments[2]));
            MethodsBenchmark benchmark = new MethodsBenchmark(field, chats);
            System.out.println(
                    arguments[0].equals("losses")
                            ? benchmark.losses(Long.parseLong(arguments[3]))
                            : benchmark.steps(Integer.parseInt(arguments[3])));
        }
    }

    private String steps(int repeats) throws IOException {
        Path data = field.folder().resolve("blocks.safetensors");
        chats.writeBlocks(data, 0, ROWS, LENGTH);
        Map<String, Object> settings = settings(data);
        SpeedComparison comparison = new SpeedComparison(
                "Steps of 4 rows of 256 tokens, float32",
                "DoRA at most 1.25 of LoRA's time, partial at most 0.35; QLoRA at most 0.5" + " of its memory",
                List.of(
                        method("dora", settings),
                        method("qlora", settings),
                        method("partial", settings),
                        frozenOnce(settings),
                        method("lora", settings)));
        return MethodTable.steps(comparison, Race.run(comparison, repeats, 1));
    }

    /**
     * The methods run one after the other, because other load on the machine does not change their
     * losses.
     */
    private String losses(long seed) throws IOException {
        Path data = field.folder().resolve("train.safetensors");
        Path heldOut = field.folder().resolve("held-out.safetensors");
        chats.writeBlocks(data, 0, STEPS * ROWS, LENGTH);
        chats.writeBlocks(heldOut, STEPS * ROWS, HELD_OUT, LENGTH);
        Map<String, Object> settings = settings(data);
        settings.put("heldOut", heldOut.toString());
        settings.put("seed", seed);
        List<MethodTable.Loss> losses = new ArrayList<>();
        for (String kind : List.of("qlora", "lora")) {
            try (StepProcess process = new StepProcess(method(kind, settings).command())) {
                double before = process.heldOutLoss();
                for (int step = 0; step < STEPS; step++) {
                    process.step();
                }
                losses.add(new MethodTable.Loss(kind, before, process.heldOutLoss()));
            }
        }
        return MethodTable.losses(
                "Loss on 40 held-out rows after 100 steps of 4 rows of 256 tokens, float32, seed " + seed, losses);
    }

    private Contestant method(String kind, Map<String, Object> settings) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(settings);
        all.put("kind", kind);
        return field.ours(kind, all);
    }

    /**
     * Partial training from its second epoch on, when the activations of the frozen layers are
     * cached.
     */
    private Contestant frozenOnce(Map<String, Object> settings) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(settings);
        all.put("kind", "partial");
        all.put("frozenOnce", true);
        return field.ours("partial, frozen layers once", all);
    }

    private static Map<String, Object> settings(Path data) {
        return new LinkedHashMap<>(Map.of("data", data.toString(), "bf16", false, "rows", ROWS));
    }
}
