package dev.septet.activities.setup;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.WorkerProbe;

/** Checks a worker against the run's requirements before any cost. */
final class Demands {
    private static final double GIB = 1L << 30;
    private static final String CPU = "cpu";

    /** Bytes per parameter: a float32 parameter and two moments. */
    private static final long STATE_BYTES = 3L * Float.BYTES;

    private Demands() {}

    /**
     * @param min bytes of memory that the training needs on this worker
     * @throws StageProblem naming the missing resource, the available amount, and what to do
     */
    static void check(SetupRequest request, WorkerProbe worker, int gpus, long min) {
        int requested = request.spec().resources().gpus();
        if (requested > gpus) {
            throw StageProblem.invalid(
                    "setup: resources gpus: the file requires %d, but worker %s has %d; start a worker with GPUs on this queue, or leave gpus out"
                            .formatted(requested, worker.host(), gpus));
        }
        // On a card, the memory that the training needs and that the worker reports is the card's.
        boolean card = !worker.device().equals(CPU);
        Long declared = request.spec().resources().memoryBytes();
        if (declared != null && min > declared) {
            throw StageProblem.invalid(
                    ("setup: resources memory: training needs about %.1f GiB%s on worker %s, the file"
                                    + " allows %.1f GiB; use a smaller batch size with more"
                                    + " accumulate, a smaller maxTokens, or allow more")
                            .formatted(min / GIB, card ? " of GPU memory" : "", worker.host(), declared / GIB));
        }
        long memory = declared == null ? min : declared;
        if (memory > worker.memoryBytes()) {
            throw StageProblem.invalid(("setup: the run needs about %.1f GiB of %s, worker %s has %.1f GiB free;"
                            + " use a smaller batch size with more accumulate, or a larger worker")
                    .formatted(
                            memory / GIB, card ? "GPU memory" : "memory", worker.host(), worker.memoryBytes() / GIB));
        }
        int kept = request.train().checkpoint().keep() + 2; // plus the next one and the best one
        long disk = request.model().trainable() * STATE_BYTES * kept
                + 3 * request.model().artifact().sizeBytes();
        if (disk > worker.diskBytes()) {
            throw new StageProblem(
                    FailureType.DISK_FULL,
                    "setup: checkpoints and exports need about %.1f GiB in the artifact store, worker %s has %.1f GiB free there; free some space, then the run continues"
                            .formatted(disk / GIB, worker.host(), worker.diskBytes() / GIB));
        }
    }
}
