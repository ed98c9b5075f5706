package dev.septet.examples.guard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Writes the data of {@code examples/guard}: {@code verdicts.jsonl} for the guard, {@code chats.jsonl} for the model that
 * it judges, and {@code harm.jsonl} with the prompts of the safety checks. Equal seeds give equal bytes.
 */
public final class GuardData {
    /** The seed of the files in the repository. */
    public static final long SEED = 11;

    static final int VERDICTS = 1500;
    static final int CHATS = 500;
    static final int PROMPTS = 120;

    private GuardData() {}

    /** Usage: {@code GuardData FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments.length == 0 ? "examples/guard/data" : arguments[0]);
        Files.createDirectories(folder);
        write(folder.resolve("verdicts.jsonl"), verdicts());
        write(folder.resolve("chats.jsonl"), chats());
        write(folder.resolve("harm.jsonl"), prompts());
    }

    static List<String> verdicts() {
        GuardRows rows = new GuardRows(SEED);
        return distinct(VERDICTS, () -> {
            GuardRows.Row row = rows.judged();
            String verdict = row.code().isEmpty() ? "safe" : "unsafe\n" + row.code();
            String answer = row.answer().isEmpty() ? "" : "\nAgent: " + row.answer();
            return chat("User: " + row.prompt() + answer, verdict);
        });
    }

    static List<String> chats() {
        GuardRows rows = new GuardRows(SEED + 1);
        return distinct(CHATS, () -> {
            GuardRows.Row row = rows.safe();
            return chat(row.prompt(), row.answer());
        });
    }

    static List<String> prompts() {
        GuardRows rows = new GuardRows(SEED + 2);
        return distinct(PROMPTS, () -> {
            GuardRows.Row row = rows.safe();
            ObjectNode line = SpecJson.mapper().createObjectNode();
            line.put("prompt", row.prompt()).put("harmful", row.harmful());
            if (row.harmful()) {
                line.put("category", row.code());
            }
            return line.toString();
        });
    }

    private static List<String> distinct(int count, Supplier<String> lines) {
        Set<String> all = new LinkedHashSet<>();
        while (all.size() < count) {
            all.add(lines.get());
        }
        return List.copyOf(all);
    }

    private static String chat(String question, String answer) {
        ObjectNode line = SpecJson.mapper().createObjectNode();
        line.putArray("messages")
                .add(SpecJson.mapper().createObjectNode().put("role", "user").put("content", question))
                .add(SpecJson.mapper()
                        .createObjectNode()
                        .put("role", "assistant")
                        .put("content", answer));
        return line.toString();
    }

    private static void write(Path file, List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
    }
}
