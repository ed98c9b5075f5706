package dev.septet.workers.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One obstacle after the other on a machine whose files and nvidia-smi are made for the test. */
class GpuChecksTest {
    private static final String CARD = "0, GPU-8932f937-d72c-4106-c12f-20bd9faed9f6, NVIDIA H100 80GB HBM3, %s, %s";

    @TempDir
    private Path folder = Path.of("");

    private Path root = Path.of("");
    private int usable = 1;
    private final Map<String, String> environment = new HashMap<>();

    /** A machine on which all is well. */
    @BeforeEach
    void machine() throws IOException {
        root = folder.resolve("root");
        driver("560.35.03", "9.0");
        for (String device : List.of("nvidiactl", "nvidia0", "nvidia-uvm", "null")) {
            write("dev/" + device, "");
        }
        Path packages = folder.resolve("packages");
        Path libraries = Files.createDirectories(folder.resolve("libraries"));
        Files.createDirectories(packages.resolve("torch/lib"));
        Files.writeString(packages.resolve("torch/version.py"), "__version__ = '2.7.1+cu126'\ncuda = '12.6'\n");
        for (String library : List.of("libtorch.so", "libtorch_cuda.so")) {
            Files.createSymbolicLink(
                    libraries.resolve(library), Files.createFile(packages.resolve("torch/lib/" + library)));
        }
        for (String library : List.of("libcudart.so.12", "libcublas.so.12", "libcudnn.so.9")) {
            Path parts = Files.createDirectories(packages.resolve("nvidia/x/lib"));
            Files.createFile(parts.resolve(library));
        }
        Path state = Files.createDirectories(folder.resolve("state"));
        Files.writeString(
                state.resolve("gpu.env"),
                "PYTORCH_LIBRARY_PATH=%s\nPYTORCH_FLAVOR=cu128\nPYTORCH_VERSION=2.7.1\n".formatted(libraries));
    }

    @Test
    void allIsWell() {
        assertThat(look())
                .containsExactly(
                        Finding.ok("gpu", "card 0 (NVIDIA H100 80GB HBM3); driver 560.35.03; libtorch 2.7.1+cu126"));
    }

    @Test
    void aMachineWithoutACardIsNoFault() {
        root = folder.resolve("empty");
        environment.clear();

        assertThat(look()).containsExactly(Finding.ok("gpu", "there is no NVIDIA card; training computes on the CPU"));
    }

    @Test
    void findsACardWithoutADriver() throws IOException {
        root = folder.resolve("driverless");
        environment.clear();
        write("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n");
        write("sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n");

        warns("an NVIDIA card is at PCI address 0000:01:00.0, but no driver is loaded", "version 560.28.03 or later");
    }

    @Test
    void findsADriverThatIsTooOld() throws IOException {
        driver("470.256.02", "7.0");

        warns("driver 470.256.02 is too old for CUDA 12, which needs 525.60.13 or later", "version 560.28.03 or later");
    }

    @Test
    void saysThatAnOlderDriverWorksByMinorVersionCompatibility() throws IOException {
        driver("525.60.13", "9.0");

        assertThat(look()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Finding.Level.OK);
            assertThat(finding.found())
                    .contains("driver 525.60.13, which runs CUDA 12 by minor version compatibility"
                            + " (560.28.03 is complete)");
        });
    }

    @Test
    void findsAnUpdatedDriverThatIsNotLoadedYet() throws IOException {
        program("echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18");

        warns(
                "reports no usable card: Failed to initialize NVML: Driver/library version mismatch",
                "start the machine again");
    }

    @Test
    void findsThatAllCardsAreHidden() {
        environment.put("CUDA_VISIBLE_DEVICES", "");

        warns("CUDA_VISIBLE_DEVICES is '', but this machine has card 0 (NVIDIA H100 80GB HBM3)", "unset it");
    }

    @Test
    void aPartOfACardIsNotHidden() {
        environment.put("CUDA_VISIBLE_DEVICES", "MIG-b1028956-cfa2-0990-bf4a-5da9abb51763");

        assertThat(look())
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Finding.Level.OK));
    }

    @Test
    void findsAVariableThatNamesACardThatDoesNotExist() {
        environment.put("CUDA_VISIBLE_DEVICES", "0,3");

        warns(
                "CUDA_VISIBLE_DEVICES is '0,3', but this machine has card 0 (NVIDIA H100 80GB HBM3);"
                        + " CUDA uses only the first 1",
                "numbers of nvidia-smi");
    }

    @Test
    void findsAContainerWithoutTheDeviceFiles() throws IOException {
        Files.delete(root.resolve("dev/nvidiactl"));

        warns("the driver is loaded, but there is no " + root.resolve("dev/nvidiactl"), "`--gpus all`");
    }

    /** As under WSL. */
    @Test
    void aDriverWithoutAKernelModuleHasNoDeviceFiles() throws IOException {
        root = folder.resolve("empty");

        assertThat(look())
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Finding.Level.OK));
    }

    /** A link that leads nowhere: root may open every file. */
    @Test
    void findsDeviceFilesThatTheUserMayNotOpen() throws IOException {
        Files.delete(root.resolve("dev/nvidia0"));
        Files.createSymbolicLink(root.resolve("dev/nvidia0"), Path.of("/nowhere"));

        warns("this user may not open " + root.resolve("dev/nvidia0"), "`ls -l`");
    }

    @Test
    void findsTheCpuBuildBesideACard() throws IOException {
        Files.delete(folder.resolve("state/gpu.env"));

        warns(
                "this machine has card 0 (NVIDIA H100 80GB HBM3), but libtorch is the CPU build,"
                        + " so training does not use the GPU",
                "`septet doctor --fix gpu`");
    }

    @Test
    void saysThatTheChosenLibtorchIsGone() throws IOException {
        Files.move(folder.resolve("libraries"), folder.resolve("moved"));

        warns(
                "libtorch is the CPU build, so training does not use the GPU; %s names %s, where it is no longer"
                        .formatted(folder.resolve("state/gpu.env"), folder.resolve("libraries")),
                "`septet doctor --fix gpu`");
    }

    @Test
    void findsACardThatTheBuildHasNoCodeFor() throws IOException {
        driver("570.86.10", "12.0");

        warns("has compute capability 12.0, but torch 2.7.1+cu126 computes on 5.0 to 9.0", "set SEPTET_TORCH");
    }

    @Test
    void findsVariablesThatDoNotFitTheLibrary() {
        environment.put("PYTORCH_LIBRARY_PATH", folder.resolve("libraries").toString());

        warns("PYTORCH_LIBRARY_PATH names a CUDA build, but PYTORCH_FLAVOR is ''", "PYTORCH_FLAVOR=cu128");
    }

    @Test
    void findsALibraryOfAnotherVersion() throws IOException {
        Files.writeString(folder.resolve("packages/torch/version.py"), "__version__ = '2.8.0+cu126'\ncuda = '12.6'\n");

        warns("torch is version 2.8.0+cu126, but Septet loads 2.7.1", "`septet doctor --fix gpu`");
    }

    @Test
    void findsThatLibtorchCannotUseTheCard() {
        usable = 0;

        warns("cannot use card 0 (NVIDIA H100 80GB HBM3) with driver 560.35.03", "nvidia-smi");
    }

    private void warns(String found, String next) {
        assertThat(look()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo("gpu");
            assertThat(finding.level()).isEqualTo(Finding.Level.WARN);
            assertThat(finding.found()).contains(found);
            assertThat(finding.next()).contains(next);
        });
    }

    private List<Finding> look() {
        return new GpuChecks(new StateFolder(folder.resolve("state")), environment, root, () -> usable).look();
    }

    private void driver(String version, String capability) throws IOException {
        write(
                "proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  %s  Fri Aug 16 21:39:15 UTC 2024\n"
                        .formatted(version));
        program("echo '%s'".formatted(CARD.formatted(version, capability)));
    }

    private void program(String script) throws IOException {
        Path program = folder.resolve("bin/nvidia-smi");
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(program, "#!/bin/bash\n%s\n".formatted(script));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        environment.put("PATH", folder.resolve("bin").toString());
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
