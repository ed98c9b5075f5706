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
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Where an attempt trains: its checkpoints, its sign of life, and those who may ask it to commit or
 * to stop.
 *
 * @param name what is trained within the run, such as {@code train} or {@code trial-3}
 * @param worker fingerprint of what decides bits here
 * @param steering what the training is told while it runs
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
    /** Something that must be done before an attempt may end. */
    public interface Save {
        void run() throws IOException;
    }

    /**
     * How an attempt began; kept for audits.
     *
     * @param fromStep the step it went on from
     * @param recompute whether activations are computed anew, as keeping them takes more memory
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
     * The checkpoint to go on from, if there is one.
     *
     * @throws StageProblem CHECKPOINT_CORRUPT when there are some and none verifies
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

    /** Where memory ran out so far, in any attempt. */
    OutOfMemoryHistory shortages() throws IOException {
        return OutOfMemoryHistory.read(store, scope());
    }

    /** Lays it down for every later attempt. */
    void keep(OutOfMemoryHistory shortages) throws IOException {
        shortages.write(store, scope(), fence());
    }

    /** Those that were making the same before. */
    EarlierRuns earlierRuns(StageKey key) {
        return new EarlierRuns(key, scope(), store, checkpoints, fence());
    }

    /** Notes how this attempt begins. */
    public void begin(CheckpointStore.Found found, MicroBatchBudget atOnce) throws IOException {
        Beginning beginning = new Beginning(
                fence().attempt(),
                worker,
                found.checkpoint().map(Checkpoint::step).orElse(0),
                atOnce.recompute(),
                found.damaged());
        store.putRecord(
                "attempts/%s/%d".formatted(scope(), fence().attempt()),
                SpecJson.mapper().writeValueAsString(beginning),
                fence());
    }

    public Checkpoint at(int step) throws IOException {
        return checkpoints
                .at(scope(), step)
                .orElseThrow(() -> new StageProblem(
                        FailureType.CHECKPOINT_CORRUPT,
                        "the checkpoint of step %d, the best one, is damaged or gone".formatted(step)));
    }

    /**
     * Commits this site's checkpoints.
     *
     * @param keep how many of the newest stay
     */
    CheckpointWriter saves(int keep) {
        return new CheckpointWriter(checkpoints, scope(), fence(), keep);
    }

    public void prune(int keep, Set<Integer> pinned) throws IOException {
        checkpoints.prune(scope(), keep, pinned, fence());
    }

    public void report(Progress progress) {
        attempt.heartbeats().report(progress);
    }

    /** Ends the attempt, once everything is saved, when it was cancelled or the worker goes. */
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
