package dev.septet.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The committed data is what the generator writes. */
class QuickstartDataTest {
    private static final Path DATA = Path.of("quickstart/data");

    private static void same(String name, List<String> lines) throws IOException {
        Path file = DATA.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, String.join("\n", lines) + "\n");
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines);
    }

    @Test
    void ticketsAreWhatTheGeneratorWrites() throws IOException {
        same("tickets.jsonl", QuickstartData.tickets());
    }

    @Test
    void generalSkillsAreWhatTheGeneratorWrites() throws IOException {
        same("general.jsonl", QuickstartData.general());
    }
}
