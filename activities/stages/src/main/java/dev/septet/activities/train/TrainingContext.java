package dev.septet.activities.train;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.train.Trainer;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The context of a training attempt: its checkpoints, its heartbeats, and requests to save or to
 * stop.
 *
 * @param name what is trained within the run, such as {@code train} or {@code trial-3}
 * @param worker fingerprint of everything on this worker that determines bits
 * @param steering steering commands for the running training
 */
public record TrainingContext(
        RunRef run,
        String name,
        ArtifactStore store,
        CheckpointStore checkpoints,
        Attempt attempt,
        Shutdown shutdown,
        String worker,
        TrainingSteering steering) {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingContext.class);

    /** The policy of operators who prefer lost time to a person's decision. */
    private static final String RESTART = "restart";

    /** Work that must be done before an attempt may end. */
    public interface Save {
        void run() throws IOException;
    }

    /**
     * The start of an attempt, recorded for audits.
     *
     * @param fromStep the step that it continued from
     * @param recompute whether activations are recomputed, because cached ones need more memory
     *     than was free
     * @param damaged newer checkpoints that did not verify, and why
     */
    public record Beginning(int attempt, String worker, int fromStep, boolean recompute, List<String> damaged) {}

    private String scope() {
        return run.runId() + "/" + name;
    }

    private Fence fence() {
        return attempt.fence();
    }

    /**
     * The checkpoint to continue from, if there is one.
     *
     * @throws StageProblem CHECKPOINT_CORRUPT when there are checkpoints but none verifies
     */
    public CheckpointStore.Found find() throws IOException {
        CheckpointStore.Found found = checkpoints.newestValid(scope());
        if (found.checkpoint().isEmpty() && !found.damaged().isEmpty()) {
            throw new StageProblem(
                    FailureType.CHECKPOINT_CORRUPT,
                    "every checkpoint of this run is damaged or gone: %s. Check the disk, then start the"
                                    .formatted(String.join("; ", found.damaged()))
                            + " pipeline again: finished stages are kept");
        }
        return found;
    }

    /**
     * The checkpoint that this engine continues from. The bytes of a training come from one engine, so a checkpoint of another
     * one ends the run, or the operator has it removed.
     *
     * @throws StageProblem POLICY_DENIED when another engine made the checkpoint, and the operator restarts no training
     */
    public CheckpointStore.Found findOfThisEngine() throws IOException {
        return findOfThisEngine(restarts());
    }

    /** Whether the operator restarts trainings of other engines. */
    static boolean restarts() {
        return Setting.ENGINE_CHANGE.text(System.getenv()).equals(RESTART);
    }

    /** @param restarts whether checkpoints of other engines are removed */
    CheckpointStore.Found findOfThisEngine(boolean restarts) throws IOException {
        CheckpointStore.Found found = find();
        Optional<String> other = found.checkpoint().map(Checkpoint::folder).flatMap(Trainer::otherEngine);
        if (other.isEmpty()) {
            return found;
        }
        if (!restarts) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    other.get()
                            + ": start the pipeline again, or let workers do that with SEPTET_ENGINE_CHANGE=restart");
        }
        LOG.warn("run {} trains {} from the start: {}", run.runId(), name, other.get());
        checkpoints.clear(scope(), fence());
        return find();
    }

    /** The out-of-memory history of all attempts so far. */
    OutOfMemoryHistory outOfMemory() throws IOException {
        return OutOfMemoryHistory.read(store, scope());
    }

    /** Records it for every later attempt. */
    void record(OutOfMemoryHistory outOfMemory) throws IOException {
        outOfMemory.write(store, scope(), fence());
    }

    /** Earlier runs of the same result. */
    EarlierRuns earlierRuns(StageKey key) {
        return new EarlierRuns(key, scope(), store, checkpoints, fence());
    }

    /** Lets a later training of the key continue from the checkpoints of this one. */
    public void offer(StageKey key) throws IOException {
        earlierRuns(key).join();
    }

    /**
     * Removes the checkpoints of a training, which no later one continues.
     *
     * @param name what was trained within the run
     * @param key digest of the key that the checkpoints were offered for; null = they were not offered
     */
    public static void withdraw(
            RunRef run,
            String name,
            @Nullable String key,
            ArtifactStore store,
            CheckpointStore checkpoints,
            Fence fence)
            throws IOException {
        String scope = run.runId() + "/" + name;
        if (key != null) {
            EarlierRuns.withdraw(key, scope, store, fence);
        }
        checkpoints.clear(scope, fence);
    }

    /** Records the start of this attempt. */
    public void begin(CheckpointStore.Found found, MicroBatchBudget budget) throws IOException {
        begin(found, budget.recompute());
    }

    /** Records the start of this attempt. */
    public void begin(CheckpointStore.Found found, boolean recompute) throws IOException {
        Beginning beginning = new Beginning(
                fence().attempt(),
                worker,
                found.checkpoint().map(Checkpoint::step).orElse(0),
                recompute,
                found.damaged());
        store.putRecord(
                String.format(Locale.ROOT, "attempts/%s/%d", scope(), fence().attempt()),
                SpecJson.mapper().writeValueAsString(beginning),
                fence());
    }

    public Checkpoint at(int step) throws IOException {
        return checkpoints
                .at(scope(), step)
                .orElseThrow(() -> new StageProblem(
                        FailureType.CHECKPOINT_CORRUPT,
                        String.format(
                                Locale.ROOT, "the checkpoint of step %d, the best one, is damaged or gone", step)));
    }

    /**
     * A writer for the checkpoints of this training.
     *
     * @param keep number of newest checkpoints to keep
     */
    CheckpointWriter checkpointWriter(int keep) {
        return new CheckpointWriter(checkpoints, scope(), fence(), keep);
    }

    /** Commits a checkpoint; an existing one of the same step stays. */
    public Checkpoint commit(int step, CheckpointStore.Writer writer) throws IOException {
        return checkpoints.commit(scope(), step, writer, fence());
    }

    public void prune(int keep, Set<Integer> pinned) throws IOException {
        checkpoints.prune(scope(), keep, pinned, fence());
    }

    public void report(Progress progress) {
        attempt.heartbeats().report(progress);
    }

    /** Saves everything and ends the attempt, if it was cancelled or the worker shuts down. */
    public void interruption(int nextStep, Save save) throws IOException {
        if (shutdown.requested()) {
            save.run();
            throw new StageProblem(
                    FailureType.INTERRUPTED,
                    "the worker is shutting down; the next attempt continues from step " + nextStep);
        }
        if (attempt.heartbeats().stopped()) {
            save.run();
            attempt.heartbeats().check();
        }
    }
}
