package dev.septet.workers.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The environment variables that must be set before the engine's native library loads. The launcher
 * reads the same file for {@code septet worker} and {@code septet serve}.
 */
public final class TrainingEnvironment {
    private static final Map<String, String> ALL = read("training.env");

    private TrainingEnvironment() {}

    /**
     * The variables for a training process. Variables that the user has set stay.
     *
     * <p>The allocator keeps blocks of up to 32 MB instead of returning them to the system. This
     * removes nearly all of some 90,000 page faults per step. It also uses huge pages. Larger
     * blocks are logits: kept, they would leave gaps that nothing else fills, a tenth of the peak.
     * Idle OpenMP threads sleep instead of spinning, because spinning makes steps several times
     * slower on a machine with other work. oneDNN caches the code that it compiles for each shape
     * of a matrix product, and libtorch's binding to it has a second LRU cache. The 128 latest
     * entries cover a step. The default of 1024 in each cache means hundreds of MB of code when row
     * lengths vary.
     *
     * <p>On a card, cuBLAS gets fixed workspaces and no TF32, so that equal products have equal bits
     * and float32 is float32. CUDA numbers the cards as nvidia-smi does.
     *
     * @see <a href="https://docs.nvidia.com/cuda/cublas/#results-reproducibility">cuBLAS on
     *     reproducible results</a>
     * @see <a href="https://developer.nvidia.com/blog/accelerating-ai-training-with-tf32-tensor-cores/">NVIDIA on
     *     TF32 and NVIDIA_TF32_OVERRIDE</a>
     * @param environment environment of the parent process; the result is empty when it has all
     *     variables
     */
    public static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> wanted = new LinkedHashMap<>(ALL);
        wanted.keySet().removeAll(environment.keySet());
        return wanted;
    }

    private static Map<String, String> read(String resource) {
        try (InputStream in = TrainingEnvironment.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from this build");
            }
            Map<String, String> variables = new LinkedHashMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
                int equals = line.indexOf('=');
                variables.put(line.substring(0, equals), line.substring(equals + 1));
            });
            return variables;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
