package dev.septet.examples.benchmarks.training;

import dev.septet.llm.model.config.ComputePrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Creates the comparisons and writes their data. */
final class Comparisons {
    private static final int ROWS = 4;
    private static final int LENGTH = 256;
    private static final int CHATS_PER_STEP = 4;
    private static final int PACK = 1024;

    /** Without bf16 instructions, the peer is also fastest in float32. */
    private static final boolean BF16 = ComputePrecision.BF16.orSupported() == ComputePrecision.BF16;

    private final Field field;
    private final Chats chats;

    Comparisons(Field field, Chats chats) {
        this.field = field;
        this.chats = chats;
    }

    /**
     * The comparisons of this name.
     *
     * @throws IllegalArgumentException when the name is unknown
     */
    List<SpeedComparison> named(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "chat" -> List.of(chat());
            case "lora" -> BF16 ? List.of(lora(true), lora(false)) : List.of(lora(false));
            case "full" -> List.of(full());
            default ->
                throw new IllegalArgumentException("no comparison is named " + name + "; there are chat, lora, full");
        };
    }

    private SpeedComparison chat() throws IOException {
        Path tokens = field.folder().resolve("chats.safetensors");
        Path text = field.folder().resolve("chats.jsonl");
        chats.writeUneven(tokens, text);
        return new SpeedComparison(
                "LoRA on chats of uneven length, answers only, %s, against TRL".formatted(BF16 ? "bf16" : "float32"),
                "2.5 times the tokens of real text of TRL's best",
                List.of(
                        field.ours(
                                "Septet",
                                Map.of(
                                        "kind",
                                        "lora",
                                        "data",
                                        tokens.toString(),
                                        "bf16",
                                        BF16,
                                        "rows",
                                        CHATS_PER_STEP)),
                        trl("TRL, padded, grouped by length", text, CHATS_PER_STEP, false),
                        trl("TRL, packed", text, 1, true)));
    }

    private Contestant trl(String name, Path text, int rows, boolean packing) throws IOException {
        return field.peer(
                name,
                Map.of(
                        "kind",
                        "trl",
                        "data",
                        text.toString(),
                        "bf16",
                        BF16,
                        "rows",
                        rows,
                        "packing",
                        packing,
                        "length",
                        PACK,
                        "out",
                        field.folder().resolve("trl").toString()));
    }

    private SpeedComparison lora(boolean bf16) throws IOException, InterruptedException {
        Path data = blocks();
        Path adapter = adapter(data);
        return new SpeedComparison(
                "LoRA, 4 rows of 256 tokens, " + (bf16 ? "bf16" : "float32") + ", no padding",
                bf16 ? "2.3 times the speed, 0.55 of the memory" : "1.3 times the speed",
                List.of(
                        ours("Septet", "lora", data, bf16),
                        field.peer(
                                "transformers + peft",
                                Map.of(
                                        "kind",
                                        "peft",
                                        "data",
                                        data.toString(),
                                        "bf16",
                                        bf16,
                                        "adapter",
                                        adapter.toString()))));
    }

    private SpeedComparison full() throws IOException {
        Path data = blocks();
        return new SpeedComparison(
                "Full fine-tuning, 4 rows of 256 tokens, float32",
                "1.2 times the speed, 0.8 of the memory",
                List.of(
                        ours("Septet", "full", data, false),
                        field.peer("transformers", Map.of("kind", "full", "data", data.toString(), "bf16", false))));
    }

    private Contestant ours(String name, String kind, Path data, boolean bf16) throws IOException {
        return field.ours(name, Map.of("kind", kind, "data", data.toString(), "bf16", bf16, "rows", ROWS));
    }

    private Path blocks() throws IOException {
        Path data = field.folder().resolve("blocks.safetensors");
        chats.writeBlocks(data, 0, ROWS, LENGTH);
        return data;
    }

    /** Writes Septet's initial adapter as the peer's initial adapter. */
    private Path adapter(Path data) throws IOException, InterruptedException {
        Path adapter = field.folder().resolve("adapter");
        if (!Files.exists(adapter)) {
            Contestant writer = field.ours(
                    "export",
                    Map.of(
                            "kind",
                            "lora",
                            "data",
                            data.toString(),
                            "bf16",
                            false,
                            "rows",
                            ROWS,
                            "export",
                            adapter.toString()));
            int exit = new ProcessBuilder(writer.command()).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IOException("writing the adapter to begin with ended with " + exit);
            }
        }
        return adapter;
    }
}
