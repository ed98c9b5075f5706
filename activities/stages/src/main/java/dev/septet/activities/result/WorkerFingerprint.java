package dev.septet.activities.result;

import ai.djl.engine.Engine;
import ai.djl.util.cuda.CudaUtils;
import dev.septet.activities.store.Sha256;
import dev.septet.llm.cuda.CudaLibtorch;
import dev.septet.llm.cuda.NvidiaCard;
import dev.septet.llm.cuda.NvidiaDriver;
import dev.septet.llm.model.program.ProgramRevision;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What determines the bits of a computation besides its input: processor, threads, engine, and the
 * card if one is used. Workers with equal fingerprints give equal bytes.
 */
public final class WorkerFingerprint {
    private static final String UNKNOWN = "unknown";
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
        int threads = Torch.threads(); // first: it loads libtorch with the engine's settings
        Engine engine = Engine.getInstance();
        List<String> facts = new ArrayList<>(List.of(
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                String.join("\n", processor()),
                "threads " + threads,
                engine.getEngineName() + " " + engine.getVersion()));
        facts.addAll(ProgramRevision.changed());
        facts.addAll(
                CudaLibtorch.folder(System.getenv()).isPresent()
                        ? cuda(Torch.gpus(), NvidiaDriver.here(System.getenv()), System.getenv(), runtime())
                        : List.of("devices 0"));
        return facts;
    }

    /**
     * The CUDA build of libtorch, and the card that the engine computes on. Nothing guarantees that
     * the build computes the bits of the CPU build, even on the CPU. The engine uses the first card,
     * so the number of cards makes no difference. Cards of the same model are expected to give equal
     * bits, so their UUIDs make none either.
     *
     * @param usable number of cards that libtorch can use
     * @param runtime version of CUDA
     */
    static List<String> cuda(int usable, NvidiaDriver driver, Map<String, String> environment, String runtime) {
        if (usable == 0) {
            return List.of("devices 0", "cuda " + runtime);
        }
        Optional<NvidiaCard> card = driver.visible(environment).stream().findFirst();
        return List.of(
                "devices 1",
                "cuda " + runtime,
                "driver " + driver.version().orElse(UNKNOWN),
                "card " + card.map(NvidiaCard::name).orElse(UNKNOWN),
                "compute capability " + card.map(NvidiaCard::capability).orElse(UNKNOWN));
    }

    private static String runtime() {
        try {
            return CudaUtils.getCudaVersionString();
        } catch (IllegalStateException notFound) {
            return UNKNOWN;
        }
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
