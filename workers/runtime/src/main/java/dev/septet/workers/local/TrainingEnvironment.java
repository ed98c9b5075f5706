package dev.septet.workers.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Environment variables that must be set before the engine's native library loads. The launcher
 * reads the same file for {@code septet worker} and {@code septet serve}.
 */
public final class TrainingEnvironment {
    private static final Map<String, String> ALL = read("training.env");

    private TrainingEnvironment() {}

    /**
     * For a process that trains; what the user has set stays.
     *
     * <p>The allocator keeps blocks of up to 32 MB instead of handing them back (some 90,000 page
     * faults a step fall to few) and uses huge pages; larger ones, which are logits, would leave
     * gaps that nothing else fills, a tenth of the peak. Idle OpenMP threads sleep instead of
     * spinning, which on a machine with other work makes steps several times slower. oneDNN keeps
     * the code that it compiles for each shape of a product, and libtorch's binding to it (LRU)
     * keeps it once more: the 128 latest are those of a step, while the default of 1024 in either
     * is hundreds of MB of code for rows of ever other lengths.
     *
     * @param environment of the process that starts it; empty result when it has all of them
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
