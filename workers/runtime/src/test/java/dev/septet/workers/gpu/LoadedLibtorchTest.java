package dev.septet.workers.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that load the CPU build, and files that are no libraries. */
class LoadedLibtorchTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void theCpuBuildUsesNoCard() throws IOException {
        assertThat(LoadedLibtorch.with(Map.of("PYTORCH_LIBRARY_PATH", "")))
                .isEqualTo(new LoadedLibtorch(0, Optional.empty()));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void namesTheLibraryThatDoesNotLoad() throws IOException {
        for (String library : new String[] {"libtorch.so", "libtorch_cuda.so", "libc10.so"}) {
            Files.writeString(folder.resolve(library), "no library");
        }
        Map<String, String> variables = Map.of(
                "PYTORCH_LIBRARY_PATH", folder.toString(), "PYTORCH_FLAVOR", "cu128", "PYTORCH_VERSION", "2.7.1");

        assertThat(LoadedLibtorch.with(variables).problem().orElseThrow())
                .contains(folder.resolve("libc10.so") + ": file too short");
    }

    @Test
    void theProcessGetsNoSecret() {
        assertThat(LoadedLibtorch.passes("SEPTET_SECRET_HOOK")).isFalse();
        assertThat(LoadedLibtorch.passes("AWS_SECRET_ACCESS_KEY")).isFalse();
        assertThat(LoadedLibtorch.passes("CUDA_VISIBLE_DEVICES")).isTrue();
        assertThat(LoadedLibtorch.passes("LD_LIBRARY_PATH")).isTrue();
    }
}
