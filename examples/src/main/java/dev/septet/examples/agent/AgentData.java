package dev.septet.examples.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the data of {@code examples/agent}: {@code orders.jsonl} in the shape of ShareGPT, and {@code shops.jsonl} in
 * the shape of OpenAI's API. Equal seeds give equal bytes.
 */
public final class AgentData {
    /** The seed of the files in the repository. */
    public static final long SEED = 5;

    static final int ORDERS = 600;
    static final int SHOPS = 400;

    private AgentData() {}

    /** Usage: {@code AgentData FOLDER}. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments.length == 0 ? "examples/agent/data" : arguments[0]);
        Files.createDirectories(folder);
        write(folder.resolve("orders.jsonl"), orders());
        write(folder.resolve("shops.jsonl"), shops());
    }

    static List<String> orders() {
        return new AgentRows(SEED).orders(ORDERS);
    }

    static List<String> shops() {
        return new AgentRows(SEED).shops(SHOPS);
    }

    private static void write(Path file, List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
    }
}
