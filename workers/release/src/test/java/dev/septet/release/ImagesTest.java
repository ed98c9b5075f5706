package dev.septet.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The images with CUDA and without, written by Jib without a base image and of small files, and checked by {@code .ci/try-image} as
 * in a release. No registry is needed.
 */
class ImagesTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
    private static final Path TRY_IMAGE = Path.of("..", "..", ".ci", "try-image");

    @TempDir
    private Path room = Path.of("");

    private Path archive = Path.of("");

    @BeforeEach
    void files() throws IOException {
        archive = room.resolve("septet-1.2.0");
        assertThat(write("septet-1.2.0/bin/septet").toFile().setExecutable(true, false))
                .isTrue();
        write("septet-1.2.0/runtime/release");
        write("septet-1.2.0/libexec/temporal");
        write("septet-1.2.0/lib/jackson.jar");
        write("septet-1.2.0/lib/septet-cli.jar");
        // As the doctor leaves it: a folder of links to the libraries of the wheels.
        Path links = Files.createDirectories(room.resolve("links"));
        for (String library : List.of("libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so")) {
            Files.createSymbolicLink(links.resolve(library), write("wheels/torch/lib/" + library));
        }
        write("wheels/nvidia/cublas/lib/libcublas.so.12");
        write("wheels/nvidia/cublas/include/cublas.h");
        write("wheels/cusparselt/lib/libcusparseLt.so.0");
        Files.writeString(
                room.resolve("gpu.env"),
                "PYTORCH_LIBRARY_PATH=%s\nPYTORCH_FLAVOR=cu128\nPYTORCH_VERSION=2.7.1\n".formatted(links));
    }

    private Path write(String name) throws IOException {
        Path file = room.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, "the bytes of " + name);
    }

    private Path image(String gpu) throws Exception {
        Path tar = room.resolve("septet-1.2.0-image.tar");
        Images.main(new String[] {
            archive.toString(), "1.2.0", Images.SCRATCH, "", "2026-01-01T00:00:00Z", tar.toString(), gpu
        });
        return tar;
    }

    private Path imageWithCuda() throws Exception {
        return image(room.resolve("gpu.env").toString());
    }

    /** What try-image prints; its exit code comes first. */
    private static String tried(Path image, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", TRY_IMAGE.toString(), "--config"));
        command.addAll(List.of(options));
        command.add(image.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + said;
    }

    @Test
    void theImageWithCudaHasItsLibrariesAndVariables() throws Exception {
        Path image = imageWithCuda();
        assertThat(tried(image)).startsWith("0 ok   configuration with CUDA, base image scratch");
        assertThat(tried(image, "--pinned")).startsWith("1 septet: ").contains("its base image has no digest");
    }

    @Test
    void theImageWithoutCudaHasNone() throws Exception {
        assertThat(tried(image(""))).startsWith("0 ok   configuration without CUDA");
    }

    @Test
    void aLibraryThatIsMissingIsNamed() throws Exception {
        Files.delete(room.resolve("links/libc10_cuda.so"));
        assertThat(tried(imageWithCuda()))
                .startsWith("1 septet: ")
                .contains("opt/libtorch/torch/lib/libc10_cuda.so is missing");
        write("links/libc10_cuda.so");
        Files.delete(room.resolve("wheels/nvidia/cublas/lib/libcublas.so.12"));
        assertThat(tried(imageWithCuda())).contains("it has no library of NVIDIA");
        write("wheels/nvidia/cublas/lib/libcublas.so.12");
        write("wheels/nvidia/cublas/lib/libcuda.so.1");
        assertThat(tried(imageWithCuda())).contains("but the driver must be that of the machine");
    }

    @Test
    void aVariableThatIsMissingIsNamed() throws Exception {
        Path gpu = room.resolve("gpu.env");
        Files.writeString(gpu, Files.readString(gpu).replace("PYTORCH_FLAVOR=cu128\n", ""));
        assertThat(tried(imageWithCuda())).startsWith("1 septet: ").contains("expected ['PYTORCH_FLAVOR'");
        Files.writeString(gpu, "");
        assertThatThrownBy(this::imageWithCuda).hasMessageContaining("septet doctor --fix gpu");
    }

    @Test
    void theLabelsNameTheBaseImage() throws Exception {
        assertThat(Images.baseLabels("buildpack-deps:bookworm-scm@" + DIGEST))
                .isEqualTo(Map.of(Images.BASE_NAME, "buildpack-deps:bookworm-scm", Images.BASE_DIGEST, DIGEST));
        assertThat(Images.baseLabels("buildpack-deps:bookworm-scm"))
                .isEqualTo(Map.of(Images.BASE_NAME, "buildpack-deps:bookworm-scm"));
        assertThat(Images.baseLabels("nvcr.io/nvidia/cuda:12.8.1-base-ubuntu24.04@" + DIGEST))
                .containsEntry(Images.BASE_NAME, "nvcr.io/nvidia/cuda:12.8.1-base-ubuntu24.04")
                .containsEntry(Images.BASE_DIGEST, DIGEST);
        assertThat(Images.baseLabels(Images.SCRATCH)).isEmpty();
        assertThatThrownBy(() -> Images.baseLabels("buildpack-deps:bookworm-scm@sha256:short"))
                .hasMessageContaining("image.base is buildpack-deps:bookworm-scm@sha256:short")
                .hasMessageContaining("NAME:TAG@sha256:DIGEST");
    }
}
