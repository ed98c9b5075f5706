package dev.septet.activities.train;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The train stage on a worker. */
public final class TrainActivitiesImpl implements TrainActivities {
    private final ArtifactStore store;
    private final CheckpointStore checkpoints;
    private final Shutdown shutdown;

    public TrainActivitiesImpl(ArtifactStore store, CheckpointStore checkpoints, Shutdown shutdown) {
        this.store = store;
        this.checkpoints = checkpoints;
        this.shutdown = shutdown;
    }

    @Override
    public TrainOutcome train(TrainRequest request, int pauses) {
        return Attempt.of(
                store, request.run(), "train", pauses, request.spec().policy(), attempt -> train(request, attempt));
    }

    private TrainOutcome train(TrainRequest request, Attempt attempt) throws Exception {
        TrainingSteering steering =
                TrainingSteering.of(new SteeringRecords(store, request.run().runId()), attempt.fence());
        TrainingContext site = new TrainingContext(
                request.run(), "train", store, checkpoints, attempt, shutdown, WorkerFingerprint.current(), steering);
        CheckpointStore.Found found = site.find();
        StageKey key = StageKey.of(
                StageGraph.TRAIN, request, KeyMeasurements.NONE.with(KeyMeasurement.WORKER, workers(site, found)));
        TrainOutcome outcome = new StageResults(store)
                .find(request.run(), made(site, key), "", attempt.fence(), CheckpointRef.class)
                .map(TrainOutcome::done)
                .orElse(null);
        if (outcome == null) {
            outcome = train(request, site, key, start(site, key, found));
        }
        if (outcome.checkpoint() != null) {
            site.earlierRuns(key).clear();
        }
        return outcome;
    }

    /** The workers' fingerprints: a run that moved to another kind of machine has other bytes. */
    private static String workers(TrainingContext site, CheckpointStore.Found found) throws IOException {
        return found.checkpoint().isEmpty()
                ? site.worker()
                : String.join(
                        " then ",
                        TrainState.read(found.checkpoint().get().folder())
                                .continuedOn(site.worker())
                                .workers());
    }

    private static CheckpointStore.Found start(TrainingContext site, StageKey key, CheckpointStore.Found own)
            throws IOException {
        EarlierRuns earlier = site.earlierRuns(key);
        if (own.checkpoint().isEmpty()) {
            earlier.adopt(folder -> {
                TrainState state = TrainState.read(folder);
                return state.workers().equals(List.of(site.worker()))
                        ? Optional.of(Set.of(state.bestStep()))
                        : Optional.empty();
            });
        }
        earlier.join();
        return site.find();
    }

    private TrainOutcome train(TrainRequest request, TrainingContext site, StageKey key, CheckpointStore.Found found)
            throws Exception {
        TrainingPlan plan = new EnginePlan(request.spec(), request.initialize(), request.setup())
                .plan(
                        request.learningRate(),
                        request.rank(),
                        EnginePlan.epoch(request.dataset()),
                        request.dataset().longestRow());
        TrainingFiles files = new TrainingInputLoader(request.run(), store, site.attempt())
                .files(request.spec(), plan, request.model(), request.dataset());
        MicroBatchBudget atOnce = files.budget(plan);
        site.begin(found, atOnce);
        try (Training training = new Training(request.spec(), plan, atOnce, files, site, found.checkpoint())) {
            Optional<TrainingEnd> ended = training.run();
            SteeringLedger steering = site.steering().ledger();
            if (ended.isEmpty()) {
                return TrainOutcome.paused(training.nextStep(), steering.lastCommand());
            }
            TrainingEnd end = ended.get();
            Fence fence = site.attempt().fence();
            StageKey made = made(site, key);
            CheckpointRef result = new CheckpointRef(
                    artifact(request, training, fence),
                    EnginePlan.makesAdapter(request.spec().method()),
                    ledger(request, training, site, fence),
                    end.steps(),
                    end.finalLoss(),
                    end.validationLoss(),
                    end.stopReason(),
                    origin(site, made));
            new StageResults(store).commit(request.run(), made, "", fence, result);
            return TrainOutcome.done(result);
        }
    }

    /** The key of the actual result: steering commands and out-of-memory steps change its bytes. */
    private static StageKey made(TrainingContext site, StageKey key) throws IOException {
        return site.outOfMemory().key(site.steering().ledger().key(key));
    }

    /**
     * The origin of the result; it mentions steering and shortages, so that they are visible
     * everywhere.
     */
    private Origin origin(TrainingContext site, StageKey key) throws IOException {
        Origin origin = new StageResults(store).origin(site.run(), key, "");
        SteeringLedger steering = site.steering().ledger();
        OutOfMemoryHistory shortages = site.outOfMemory();
        String why = origin.why()
                + (steering.altered().isEmpty() ? "" : "; steered: " + steering.describe())
                + (shortages.steps().isEmpty() ? "" : "; " + shortages.describe());
        return why.equals(origin.why()) ? origin : new Origin(origin.key(), null, why);
    }

    private ArtifactRef artifact(TrainRequest request, Training training, Fence fence) throws IOException {
        Path folder = store.scratch(fence);
        training.exportTo(folder, request.initialize().model());
        return store.put(folder, fence);
    }

    private ArtifactRef ledger(TrainRequest request, Training training, TrainingContext site, Fence fence)
            throws IOException {
        Path folder = store.scratch(fence);
        training.ledger().writeTo(folder.resolve(TrainingLedger.FILE));
        ObjectiveNote.write(folder, request.spec().objective());
        SteeringLedger steering = site.steering().ledger();
        if (!steering.altered().isEmpty()) {
            steering.writeTo(folder.resolve(SteeringLedger.FILE));
        }
        OutOfMemoryHistory shortages = site.outOfMemory();
        if (!shortages.steps().isEmpty()) {
            shortages.writeTo(folder.resolve(OutOfMemoryHistory.FILE));
        }
        return store.put(folder, fence);
    }
}
