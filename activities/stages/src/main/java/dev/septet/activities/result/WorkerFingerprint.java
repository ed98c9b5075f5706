package dev.septet.activities.result;

import ai.djl.engine.Engine;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What determines the bits of a computation besides its input: processor, threads and engine.
 * Workers with equal fingerprints give equal bytes.
 */
public final class WorkerFingerprint {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private WorkerFingerprint() {}

    /** This process's fingerprint, 64 hexadecimal digits. */
    public static String current() {
        return Here.FINGERPRINT;
    }

    private static final class Here {
        static final String FINGERPRINT = Sha256.of(String.join("\n", facts()));
    }

    private static List<String> facts() {
        Engine engine = Engine.getInstance();
        return List.of(
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                String.join("\n", processor()),
                "threads " + Torch.threads(),
                engine.getEngineName() + " " + engine.getVersion(),
                "devices " + engine.getGpuCount());
    }

    /** The first core's model and features, by which kernels are chosen. */
    private static List<String> processor() {
        if (!Files.isReadable(CPU_INFO)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.takeWhile(line -> !line.isBlank())
                    .filter(line ->
                            line.startsWith("model name") || line.startsWith("flags") || line.startsWith("Features"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + CPU_INFO, e);
        }
    }
}
