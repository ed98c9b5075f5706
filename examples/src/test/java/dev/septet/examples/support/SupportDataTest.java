package dev.septet.examples.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed data is what the generator writes. */
class SupportDataTest {
    private static final Path FILE = Path.of("support-assistant/data/conversations.jsonl");

    @Test
    void conversationsAreWhatTheGeneratorWrites() throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(FILE, String.join("\n", SupportData.lines()) + "\n");
        }
        assertThat(Files.readAllLines(FILE)).isEqualTo(SupportData.lines());
    }

    @Test
    void noHoleIsLeftOpen() {
        assertThat(SupportData.lines())
                .noneMatch(line -> line.replaceAll("\"[a-z]+\":|\\{\"", "").contains("{item"))
                .noneMatch(line -> line.contains("{order"))
                .doesNotHaveDuplicates();
    }
}
