package dev.septet.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The committed data is what the generator writes. */
class AgentDataTest {
    private static final Path DATA = Path.of("agent/data");

    private static void same(String name, List<String> lines) throws IOException {
        Path file = DATA.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, String.join("\n", lines) + "\n");
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines);
    }

    @Test
    void ordersAreWhatTheGeneratorWrites() throws IOException {
        same("orders.jsonl", AgentData.orders());
    }

    @Test
    void shopsAreWhatTheGeneratorWrites() throws IOException {
        same("shops.jsonl", AgentData.shops());
    }
}
