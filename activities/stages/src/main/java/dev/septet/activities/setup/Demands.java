package dev.septet.activities.setup;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.llm.runtime.Torch;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.WorkerProbe;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Checks a worker against the run's requirements before any cost. */
final class Demands {
    private static final double GIB = 1L << 30;

    /** Bytes per parameter: a float32 parameter and two moments. */
    private static final long STATE_BYTES = 3L * Float.BYTES;

    private Demands() {}

    /**
     * @param min bytes of memory that the training needs on this worker
     * @throws StageProblem naming the missing resource, the available amount, and what to do
     */
    static void check(SetupRequest request, WorkerProbe worker, int gpus, long min) {
        requireCards(request, worker, gpus);
        // On a card, the memory that the training needs and that the worker reports is the card's.
        boolean card = !worker.device().equals(Torch.CPU);
        BackEndSpec by = request.train().by();
        // Memory for a trainer on this worker is the host's; the trials of a search need the card's.
        Long declared = card && by != null && !by.onCluster()
                ? null
                : request.spec().resources().memoryBytes();
        if (declared != null && min > declared) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "setup: resources memory: training needs about %.1f GiB%s on worker %s, the file"
                            + " allows %.1f GiB; use a smaller batch size with more"
                            + " accumulate, a smaller maxTokens, or allow more",
                    min / GIB,
                    card ? " of GPU memory" : "",
                    worker.host(),
                    declared / GIB));
        }
        requireMemory(declared == null ? min : declared, worker.memoryBytes(), card, worker);
        requireStore(request, worker);
    }

    /**
     * Checks for something else than the engine, whose memory is not known. A cluster's job takes cards and memory of
     * the cluster.
     *
     * @param memory free bytes of the host, which the program shares with this worker
     * @param store folder of the artifact store
     * @throws StageProblem naming the missing resource, the available amount, and what to do
     */
    static void checkOutside(
            SetupRequest request,
            BackEndSpec by,
            WorkerProbe worker,
            long memory,
            Path store,
            BackEnd.WorkerResources has)
            throws IOException {
        if (!by.onCluster()) {
            requireCards(request, worker, has.cards());
            Long declared = request.spec().resources().memoryBytes();
            requireMemory(declared == null ? 0 : declared, memory, false, worker);
        }
        requireStore(request, worker);
        Path folder = has.folder();
        if (folder == null) {
            return;
        }
        FileStore runs = Files.getFileStore(existing(folder.toAbsolutePath()));
        boolean shared = runs.equals(Files.getFileStore(existing(store.toAbsolutePath())));
        long model = request.model().artifact().sizeBytes();
        long written = checkpoint(request) * (request.train().checkpoint().keep() + 1)
                + (EnginePlan.makesAdapter(request.train().method()) ? 0 : model);
        long needed = written + (shared ? stored(request) : model); // within one file system, the model is a link
        if (needed > runs.getUsableSpace()) {
            throw new StageProblem(
                    FailureType.DISK_FULL,
                    String.format(
                            Locale.ROOT,
                            "setup: the run folder of the trainer needs about %.1f GiB below %s%s, worker %s has %.1f GiB free there; free some space, then the run continues",
                            needed / GIB,
                            folder,
                            shared ? " and in the artifact store beside it" : "",
                            worker.host(),
                            runs.getUsableSpace() / GIB));
        }
    }

    private static void requireCards(SetupRequest request, WorkerProbe worker, int gpus) {
        int requested = request.spec().resources().gpus();
        if (requested > gpus) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "setup: resources gpus: the file requires %d, but worker %s has %d; start a worker with GPUs on this queue, or leave gpus out",
                    requested,
                    worker.host(),
                    gpus));
        }
    }

    private static void requireMemory(long needed, long available, boolean card, WorkerProbe worker) {
        if (needed > available) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "setup: the run needs about %.1f GiB of %s, worker %s has %.1f GiB free;"
                            + " use a smaller batch size with more accumulate, or a larger worker",
                    needed / GIB,
                    card ? "GPU memory" : "memory",
                    worker.host(),
                    available / GIB));
        }
    }

    private static void requireStore(SetupRequest request, WorkerProbe worker) {
        long disk = stored(request);
        if (disk > worker.diskBytes()) {
            throw new StageProblem(
                    FailureType.DISK_FULL,
                    String.format(
                            Locale.ROOT,
                            "setup: checkpoints and exports need about %.1f GiB in the artifact store, worker %s has %.1f GiB free there; free some space, then the run continues",
                            disk / GIB,
                            worker.host(),
                            worker.diskBytes() / GIB));
        }
    }

    private static long stored(SetupRequest request) {
        int kept = request.train().checkpoint().keep() + 2; // plus the next one and the best one
        return checkpoint(request) * kept + 3 * request.model().artifact().sizeBytes();
    }

    private static long checkpoint(SetupRequest request) {
        return request.model().trainable() * STATE_BYTES;
    }

    private static Path existing(Path folder) {
        Path there = folder;
        while (Files.notExists(there)) {
            there = Objects.requireNonNull(there.getParent());
        }
        return there;
    }
}
