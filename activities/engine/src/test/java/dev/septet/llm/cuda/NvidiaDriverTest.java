package dev.septet.llm.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files and a program that say what those of real machines say. */
class NvidiaDriverTest {
    private static final String TWO_CARDS = """
        0, GPU-8932f937-d72c-4106-c12f-20bd9faed9f6, NVIDIA H100 80GB HBM3, 560.35.03, 9.0
        1, GPU-1c2b3a49-5e6f-7081-92a3-b4c5d6e7f809, NVIDIA H100 80GB HBM3, 560.35.03, 9.0
        """;

    @TempDir
    private Path root = Path.of("");

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void readsTheDriverAndItsCards() throws IOException {
        module("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build  (dvs@x)  Fri Aug");
        program(TWO_CARDS, 0);

        NvidiaDriver driver = read();

        assertThat(driver.version()).contains("560.35.03");
        assertThat(driver.problem()).isEmpty();
        assertThat(driver.cards())
                .containsExactly(
                        new NvidiaCard(0, "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "NVIDIA H100 80GB HBM3", "9.0"),
                        new NvidiaCard(1, "GPU-1c2b3a49-5e6f-7081-92a3-b4c5d6e7f809", "NVIDIA H100 80GB HBM3", "9.0"));
        assertThat(driver.cards().get(1)).hasToString("card 1 (NVIDIA H100 80GB HBM3)");
    }

    @Test
    void readsTheOlderFormOfTheVersion() throws IOException {
        module("NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 14:37:44 UTC 2024");

        assertThat(read().version()).contains("470.256.02");
        assertThat(read().isAtLeast("470.256.02")).isTrue();
        assertThat(read().isAtLeast("470.256.03")).isFalse();
        assertThat(read().isAtLeast("470.57.02")).isTrue();
        assertThat(read().isAtLeast("525")).isFalse();
    }

    @Test
    void asksAnOldProgramWithoutTheFieldThatItDoesNotKnow() throws IOException {
        module("NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 14:37:44 UTC 2024");
        script("""
            case $1 in
                *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2 ;;
            esac
            echo '0, GPU-8932f937-d72c-4106-c12f-20bd9faed9f6, Tesla V100-SXM2-16GB, 470.256.02'
            """);

        assertThat(read().cards())
                .containsExactly(
                        new NvidiaCard(0, "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "Tesla V100-SXM2-16GB", ""));
    }

    @Test
    void readsTheCardsFromTheKernelModuleWithoutTheProgram() throws IOException {
        module("NVRM version: NVIDIA UNIX x86_64 Kernel Module  560.35.03  Fri Aug 16 21:39:15 UTC 2024");
        Path card = Files.createDirectories(root.resolve("proc/driver/nvidia/gpus/0000:01:00.0"));
        Files.writeString(card.resolve("information"), """
            Model: \t\t NVIDIA GeForce RTX 3090
            IRQ:   \t\t 147
            GPU UUID: \t GPU-8932f937-d72c-4106-c12f-20bd9faed9f6
            Device Minor: \t 0
            """);

        assertThat(read().cards())
                .containsExactly(
                        new NvidiaCard(0, "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "NVIDIA GeForce RTX 3090", ""));
    }

    @Test
    void namesACardThatHasNoDriver() throws IOException {
        device("0000:01:00.0", "0x10de", "0x030000");
        device("0000:01:00.1", "0x10de", "0x040300");
        device("0000:03:00.0", "0x10de", "0x030200");
        device("0000:04:00.0", "0x1002", "0x030000");

        assertThat(read().version()).isEmpty();
        assertThat(read().unused()).containsExactly("0000:01:00.0", "0000:03:00.0");
    }

    @Test
    void repeatsWhyTheProgramFails() throws IOException {
        module("NVRM version: NVIDIA UNIX x86_64 Kernel Module  560.35.03  Fri Aug 16 21:39:15 UTC 2024");
        program("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 565.57", 18);

        assertThat(read().cards()).isEmpty();
        assertThat(read().problem()).contains("Failed to initialize NVML: Driver/library version mismatch");
    }

    @Test
    void aMachineWithoutACardHasNothing() {
        assertThat(read()).extracting(NvidiaDriver::cards, NvidiaDriver::unused).allMatch(List.of()::equals);
        assertThat(read().version()).isEmpty();
        assertThat(read().problem()).isEmpty();
    }

    /** CUDA ignores what follows an entry that it does not know. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1            | 1",
                "1,0          | 1 0",
                "GPU-8932f937 | 0",
                "1,7,0        | 1",
                "-1           | ''",
                "''           | ''",
                "NoDevFiles   | ''",
                "MIG-b1028956 | 0 1"
            })
    void seesTheCardsThatTheVariableNames(String chosen, String expected) throws IOException {
        module("NVRM version: NVIDIA UNIX x86_64 Kernel Module  560.35.03  Fri Aug 16 21:39:15 UTC 2024");
        program(TWO_CARDS, 0);
        NvidiaDriver driver = read();

        assertThat(driver.visible(Map.of("CUDA_VISIBLE_DEVICES", chosen)).stream()
                        .map(card -> Integer.toString(card.index())))
                .containsExactly(expected.isEmpty() ? new String[0] : expected.split(" "));
        assertThat(driver.visible(Map.of())).hasSize(2);
    }

    private NvidiaDriver read() {
        return NvidiaDriver.read(root, environment);
    }

    private void module(String line) throws IOException {
        Path folder = Files.createDirectories(root.resolve("proc/driver/nvidia"));
        Files.writeString(folder.resolve("version"), line + "\nGCC version:  gcc version 12.3.0\n");
    }

    private void program(String output, int status) throws IOException {
        script(String.format(Locale.ROOT, "cat <<'TEXT'\n%s\nTEXT\nexit %d\n", output.strip(), status));
    }

    private void script(String text) throws IOException {
        Path folder = Files.createDirectories(root.resolve("bin"));
        Path file = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/bash\n" + text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        environment.put("PATH", "/nowhere:" + folder);
    }

    private void device(String address, String vendor, String type) throws IOException {
        Path folder =
                Files.createDirectories(root.resolve("sys/bus/pci/devices").resolve(address));
        Files.writeString(folder.resolve("vendor"), vendor + "\n");
        Files.writeString(folder.resolve("class"), type + "\n");
    }
}
