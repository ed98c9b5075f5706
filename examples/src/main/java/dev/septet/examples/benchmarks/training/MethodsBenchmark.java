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

/** Measures the other methods beside LoRA, each in a process of its own; prints tables. */
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
     * Usage: {@code MethodsBenchmark steps MODEL.gguf CONVERSATIONS.jsonl REPEATS}, or {@code
     * losses} with a SEED of adapter and order of the rows instead of REPEATS; with the threads in
     * the property {@code ai.djl.pytorch.num_threads}.
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
        Comparison comparison = new Comparison(
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

    /** One after the other, since each ends in the same loss whatever else the machine does. */
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

    /** Partial from its second epoch on: what the frozen layers put out was kept in the first. */
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
