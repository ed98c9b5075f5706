package dev.septet.activities.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerFingerprintTest {
    private static final NvidiaDriver DRIVER = new NvidiaDriver(
            Optional.of("560.35.03"),
            List.of(new NvidiaCard(0, "GPU-0", "NVIDIA A100", "8.0"), new NvidiaCard(1, "GPU-1", "NVIDIA H100", "9.0")),
            List.of(),
            Optional.empty());

    /** Stored results are found by it: on machines without a card it never changes. */
    @Test
    void isTheSameAsEverOnAMachineWithoutACard() throws IOException {
        Path processors = Path.of("/proc/cpuinfo");
        assumeThat(processors).isReadable();
        assumeThat(Torch.gpus()).isZero();
        List<String> processor = Files.readAllLines(processors).stream()
                .takeWhile(line -> !line.isBlank())
                .filter(line -> line.matches("(model name|flags|Features).*"))
                .toList();

        assertThat(WorkerFingerprint.current())
                .isEqualTo(Sha256.of(String.join(
                        "\n",
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        String.join("\n", processor),
                        "threads " + Torch.threads(),
                        "PyTorch " + Engine.getInstance().getVersion(),
                        "devices 0")));
    }

    @Test
    void namesTheCardTheDriverAndCuda() {
        assertThat(WorkerFingerprint.cuda(2, DRIVER, Map.of(), "126"))
                .containsExactly(
                        "devices 1", "cuda 126", "driver 560.35.03", "card NVIDIA A100", "compute capability 8.0");
        assertThat(WorkerFingerprint.cuda(1, DRIVER, Map.of("CUDA_VISIBLE_DEVICES", "GPU-1"), "126"))
                .containsExactly(
                        "devices 1", "cuda 126", "driver 560.35.03", "card NVIDIA H100", "compute capability 9.0");
    }

    @Test
    void namesTheBuildThatComputesOnTheCpu() {
        assertThat(WorkerFingerprint.cuda(0, DRIVER, Map.of(), "126")).containsExactly("devices 0", "cuda 126");
    }
}
