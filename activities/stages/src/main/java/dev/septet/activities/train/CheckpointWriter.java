package dev.septet.activities.train;

import dev.septet.activities.resource.HostMemory;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Fence;
import dev.septet.activities.trace.CallerContext;
import dev.septet.activities.trace.Traces;
import dev.septet.llm.runtime.OutOfMemory;
import dev.septet.llm.train.Snapshot;
import dev.septet.llm.train.Trainer;
import io.opentelemetry.api.common.Attributes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a training's checkpoints, one at a time, while the next steps run: the training waits
 * only for a copy of its state in memory. When the copy would need more than half of the free
 * memory, the training waits for the whole commit instead.
 *
 * <p>A checkpoint is announced only after it is on disk. An error of a commit is thrown at the next
 * call. All calls come from the training's thread.
 */
public final class CheckpointWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

    private static final int PART_OF_FREE_MEMORY = 2;

    private static final Executor OWN_THREAD = task -> {
        Thread thread = new Thread(CallerContext.of(task), "septet-checkpoint");
        thread.setDaemon(true);
        thread.start();
    };

    private final CheckpointStore checkpoints;
    private final String scope;
    private final Fence fence;
    private final int keep;
    private final LongSupplier freeMemory;
    private @Nullable Checkpoint published;
    private @Nullable PendingCommit pending;

    /**
     * @param snapshot the state that is being written; its memory is released at the end
     */
    private record PendingCommit(Snapshot snapshot, CompletableFuture<Checkpoint> result) {}

    /**
     * @param scope what is trained, such as a run's id
     * @param keep number of newest checkpoints to keep
     */
    public CheckpointWriter(CheckpointStore checkpoints, String scope, Fence fence, int keep) {
        this(checkpoints, scope, fence, keep, HostMemory::available);
    }

    /**
     * @param freeMemory returns the available memory in bytes
     */
    CheckpointWriter(CheckpointStore checkpoints, String scope, Fence fence, int keep, LongSupplier freeMemory) {
        this.checkpoints = checkpoints;
        this.scope = scope;
        this.fence = fence;
        this.keep = keep;
        this.freeMemory = freeMemory;
    }

    /** Sets the checkpoint that the training continues from, null = from the beginning. */
    void from(@Nullable Checkpoint checkpoint) {
        published = checkpoint;
    }

    /** The newest checkpoint on disk. */
    public Optional<Checkpoint> published() throws IOException {
        if (pending != null && pending.result().isDone()) {
            awaitCommit();
        }
        return Optional.ofNullable(published);
    }

    /**
     * Commits the present state; it is on disk when this returns.
     *
     * @param otherParts writes the parts of a checkpoint that are not the trainer's
     * @param pinned steps whose checkpoints are always kept
     */
    public void commitNow(Trainer trainer, CheckpointStore.Writer otherParts, Set<Integer> pinned) throws IOException {
        awaitCommit();
        if (!isAt(trainer.nextStep())) {
            published = commit(trainer.nextStep(), trainer::save, otherParts, pinned);
        }
    }

    /** Starts to commit the present state, after the previous commit has ended. */
    public void commitAsync(Trainer trainer, CheckpointStore.Writer otherParts, Set<Integer> pinned)
            throws IOException {
        awaitCommit();
        if (isAt(trainer.nextStep())) {
            return;
        }
        Snapshot snapshot = copy(trainer);
        if (snapshot == null) {
            commitNow(trainer, otherParts, pinned);
            return;
        }
        int step = trainer.nextStep();
        pending = new PendingCommit(
                snapshot,
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return commit(step, snapshot::writeTo, otherParts, pinned);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        OWN_THREAD));
    }

    /** Waits until no commit is in progress. */
    public void awaitCommit() throws IOException {
        PendingCommit last = pending;
        if (last == null) {
            return;
        }
        try {
            published = last.result().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        } finally {
            pending = null;
            last.snapshot().close();
        }
    }

    /** Waits; further errors do not matter to a training that has already failed. */
    @Override
    public void close() {
        try {
            awaitCommit();
        } catch (IOException | RuntimeException e) {
            LOG.warn("a checkpoint of {} was not committed", scope, e);
        }
    }

    private Checkpoint commit(
            int step, CheckpointStore.Writer state, CheckpointStore.Writer otherParts, Set<Integer> pinned)
            throws IOException {
        return Traces.span("checkpoint", Attributes.of(Traces.STEP, (long) step), () -> {
            Checkpoint committed = checkpoints.commit(
                    scope,
                    step,
                    folder -> {
                        state.writeTo(folder);
                        otherParts.writeTo(folder);
                    },
                    fence);
            checkpoints.prune(scope, keep, pinned, fence);
            return committed;
        });
    }

    private boolean isAt(int step) {
        return published != null && published.step() == step;
    }

    private @Nullable Snapshot copy(Trainer trainer) {
        if (freeMemory.getAsLong() / PART_OF_FREE_MEMORY < trainer.snapshotBytes()) {
            return null;
        }
        try {
            return trainer.snapshot();
        } catch (OutOfMemory e) {
            return null;
        }
    }
}
