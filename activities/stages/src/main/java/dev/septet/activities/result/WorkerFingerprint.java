package dev.septet.activities.result;

import ai.djl.engine.Engine;
import ai.djl.util.cuda.CudaUtils;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What determines the bits of a computation besides its input: processor, threads, engine, and the
 * card if one is used. Workers with equal fingerprints give equal bytes.
 */
public final class WorkerFingerprint {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private WorkerFingerprint() {}

    /** This process's fingerprint, 64 hexadecimal digits. */
    public static String here() {
        return Here.FINGERPRINT;
    }

    private static final class Here {
        static final String FINGERPRINT = Sha256.of(String.join("\n", facts()));
    }

    private static List<String> facts() {
        Engine engine = Engine.getInstance();
        List<String> facts = new ArrayList<>(List.of(
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                String.join("\n", processor()),
                "threads " + Torch.threads(),
                engine.getEngineName() + " " + engine.getVersion()));
        facts.addAll(devices(
                Torch.gpus(),
                () -> NvidiaDriver.here(System.getenv()),
                System.getenv(),
                () -> "cuda %s, compute capability %s"
                        .formatted(CudaUtils.getCudaVersionString(), CudaUtils.getComputeCapability(0))));
        return facts;
    }

    /**
     * The card that the engine computes on. It uses the first one, so the number of cards makes no
     * difference. Cards of the same model give equal bits, so their UUIDs make none either.
     *
     * @param usable number of cards that libtorch can use
     * @param runtime version of CUDA, and what it compiles for
     */
    static List<String> devices(
            int usable, Supplier<NvidiaDriver> driver, Map<String, String> environment, Supplier<String> runtime) {
        if (usable == 0) {
            return List.of("devices 0");
        }
        NvidiaDriver loaded = driver.get();
        return List.of(
                "devices 1",
                "card "
                        + loaded.visible(environment).stream()
                                .findFirst()
                                .map(NvidiaCard::name)
                                .orElse("unknown"),
                "driver " + loaded.version().orElse("unknown"),
                runtime.get());
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
