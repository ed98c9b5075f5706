package dev.septet.llm.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a card is doing, as nvidia-smi prints it. */
class CardUsageTest {
    private static final double MIB = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void readsMemoryUseAndPower() throws IOException {
        Path program = Files.writeString(folder.resolve("nvidia-smi"), """
            #!/bin/bash
            [ "$1" = --query-gpu=index,memory.used,memory.total,utilization.gpu,power.draw ] || exit 1
            echo "0, 1024, 81559, 37, 312.45"
            echo "1, 2, 81559, [N/A], [Not Supported]"
            echo "a warning of the driver"
            """);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> environment = Map.of("PATH", folder.toString());

        assertThat(CardUsage.known(environment)).isTrue();
        assertThat(CardUsage.read(environment))
                .containsExactly(
                        new CardUsage(
                                0,
                                OptionalDouble.of(1024 * MIB),
                                OptionalDouble.of(81559 * MIB),
                                OptionalDouble.of(0.37),
                                OptionalDouble.of(312.45)),
                        new CardUsage(
                                1,
                                OptionalDouble.of(2 * MIB),
                                OptionalDouble.of(81559 * MIB),
                                OptionalDouble.empty(),
                                OptionalDouble.empty()));
    }

    @Test
    void withoutTheProgramThereIsNothing() {
        assertThat(CardUsage.known(Map.of("PATH", folder.toString()))).isFalse();
        assertThat(CardUsage.read(Map.of())).isEmpty();
        assertThat(CardUsage.parse("no devices were found")).isEmpty();
    }
}
