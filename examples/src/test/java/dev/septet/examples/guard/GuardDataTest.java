package dev.septet.examples.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The committed data is what the generator writes. */
class GuardDataTest {
    private static final Path DATA = Path.of("guard/data");

    private static void same(String name, List<String> lines) throws IOException {
        Path file = DATA.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, String.join("\n", lines) + "\n");
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines);
    }

    @Test
    void theFilesAreWhatTheGeneratorWrites() throws IOException {
        same("verdicts.jsonl", GuardData.verdicts());
        same("chats.jsonl", GuardData.chats());
        same("harm.jsonl", GuardData.prompts());
    }

    @Test
    void harmfulAndHarmlessPromptsAreBothEnoughForTheBounds() {
        long harmful = GuardData.prompts().stream()
                .filter(line -> line.contains("\"harmful\":true"))
                .count();
        assertThat(harmful).isBetween(45L, 75L);
    }
}
