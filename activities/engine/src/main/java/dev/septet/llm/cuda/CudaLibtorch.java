package dev.septet.llm.cuda;

import ai.djl.util.Platform;
import ai.djl.util.Utils;
import com.sun.jna.NativeLibrary;
import dev.septet.settings.Setting;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The CUDA build of libtorch, which {@code PYTORCH_LIBRARY_PATH} chooses instead of the CPU build
 * of the class path.
 */
public final class CudaLibtorch {
    /** The version of libtorch that DJL's bridge is built for. */
    public static final String VERSION = "2.7.1";

    /**
     * DJL's name of its bridge to a CUDA build. The bridge calls functions of libtorch only, so it
     * also fits builds with other CUDA 12 versions.
     */
    public static final String FLAVOR = "cu128";

    /** The library that only a CUDA build has. */
    public static final String LIBRARY = "libtorch_cuda.so";

    private static final String TORCH = "libtorch.so";
    private static final String ENGINE = "pytorch";

    private CudaLibtorch() {}

    /** The folder of the CUDA build that the environment chooses; empty for the CPU build. */
    public static Optional<Path> folder(Map<String, String> environment) {
        for (String entry : Setting.PYTORCH_LIBRARY_PATH.text(environment).split(File.pathSeparator)) {
            if (!entry.isBlank() && Files.exists(Path.of(entry, TORCH))) {
                Path folder = Path.of(entry);
                return Files.exists(folder.resolve(LIBRARY)) ? Optional.of(folder) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /**
     * Names the folder of the CUDA runtime library to JNA. It must come before any use of DJL, that of
     * its tokenizers too: DJL's detection of the platform loads the CUDA runtime once for the whole
     * process. If it does not find the library then, it computes on the CPU.
     */
    public static void findRuntime(Map<String, String> environment) {
        folder(environment).ifPresent(folder -> NativeLibrary.addSearchPath("cudart", folder.toString()));
    }

    /**
     * Prepares what DJL requires before it loads a CUDA build: the folder into which it copies its
     * bridge, and the CUDA runtime library, with which it counts the cards.
     *
     * @throws IOException when the folder cannot be created
     */
    public static void prepare(Map<String, String> environment) throws IOException {
        Optional<Path> folder = folder(environment);
        if (folder.isEmpty()) {
            return;
        }
        findRuntime(environment); // first: the detection of the platform below loads the CUDA runtime
        String version = Setting.PYTORCH_VERSION.text(environment);
        Files.createDirectories(Utils.getEngineCacheDir(ENGINE)
                .resolve("%s-%s-%s"
                        .formatted(
                                version.isEmpty() ? VERSION : version,
                                Setting.PYTORCH_FLAVOR.text(environment),
                                Platform.detectPlatform(ENGINE).getClassifier())));
    }
}
