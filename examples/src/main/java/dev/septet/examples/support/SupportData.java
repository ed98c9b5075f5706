package dev.septet.examples.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes {@code conversations.jsonl}. Equal seeds give equal bytes. */
public final class SupportData {
    private static final long SEED = 135;
    private static final int CONVERSATIONS = 900;

    private SupportData() {}

    /** Usage: {@code SupportData FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments.length == 0 ? "examples/support-assistant/data" : arguments[0]);
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("conversations.jsonl"), String.join("\n", lines()) + "\n", StandardCharsets.UTF_8);
    }

    static List<String> lines() {
        return new SupportRows(SEED).lines(CONVERSATIONS);
    }
}
