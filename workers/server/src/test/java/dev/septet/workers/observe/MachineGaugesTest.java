package dev.septet.workers.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gauges of cards, with a program in the place of nvidia-smi. */
class MachineGaugesTest {
    @TempDir
    private Path folder = Path.of("");

    private final PrometheusInstruments metrics = new PrometheusInstruments();

    @Test
    void aCardThatIsNotReportedHasNoValues() throws IOException {
        MachineGauges gauges = new MachineGauges(metrics, Map.of("PATH", folder.toString()));
        cards("echo '0, 1024, 81559, 37, 312.45'; echo '1, 2, 81559, 50, 99.5'");
        gauges.cards();
        assertThat(lines())
                .hasSize(8)
                .contains(
                        "septet_gpu_utilization_ratio{gpu=\"0\"} 0.37",
                        "septet_gpu_utilization_ratio{gpu=\"1\"} 0.5",
                        "septet_gpu_power_watts{gpu=\"1\"} 99.5");

        cards("echo '0, 1024, 81559, 40, 312.45'");
        gauges.cards();
        assertThat(lines())
                .hasSize(4)
                .contains("septet_gpu_utilization_ratio{gpu=\"0\"} 0.4")
                .noneMatch(line -> line.contains("gpu=\"1\""));

        cards("echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18");
        gauges.cards();
        assertThat(lines()).isEmpty();

        cards("echo '1, 2, 81559, 60, 99.5'");
        gauges.cards();
        assertThat(lines()).hasSize(4).contains("septet_gpu_utilization_ratio{gpu=\"1\"} 0.6");
    }

    private void cards(String lines) throws IOException {
        Path program = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/bash\n" + lines + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private List<String> lines() {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("septet_gpu_"))
                .toList();
    }
}
