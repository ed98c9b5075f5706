package dev.septet.activities.train;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.resource.EnergyRecords;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.train.watch.WarningsFile;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.artifact.TrainingWarning;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.train.OutsideTrainingActivities;
import dev.septet.workflows.train.TrainActivities;
import dev.septet.workflows.train.TrainOutcome;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The train stage on a worker. */
public final class TrainActivitiesImpl implements TrainActivities, OutsideTrainingActivities {
    private static final Logger LOG = LoggerFactory.getLogger(TrainActivitiesImpl.class);

    private final ArtifactStore store;
    private final CheckpointStore checkpoints;
    private final Shutdown shutdown;
    private final BackEnd.Finder backEnds;
    private final boolean restarts;

    /** A worker that trains with Septet's engine only. */
    public TrainActivitiesImpl(ArtifactStore store, CheckpointStore checkpoints, Shutdown shutdown) {
        this(store, checkpoints, shutdown, BackEnd.Finder.NONE);
    }

    /**
     * A worker that also trains with other back ends.
     *
     * @param backEnds what its operator allows
     */
    public TrainActivitiesImpl(
            ArtifactStore store, CheckpointStore checkpoints, Shutdown shutdown, BackEnd.Finder backEnds) {
        this(store, checkpoints, shutdown, backEnds, TrainingContext.restarts());
    }

    /** @param restarts whether trainings of other engines start again */
    TrainActivitiesImpl(
            ArtifactStore store,
            CheckpointStore checkpoints,
            Shutdown shutdown,
            BackEnd.Finder backEnds,
            boolean restarts) {
        this.restarts = restarts;
        this.backEnds = backEnds;
        this.store = store;
        this.checkpoints = checkpoints;
        this.shutdown = shutdown;
    }

    @Override
    public TrainOutcome train(TrainRequest request, int pauses) {
        StagePolicy policy = request.spec().policy();
        return request.spec().by() == null
                ? Attempt.of(
                        store,
                        request.run(),
                        "train",
                        pauses,
                        policy,
                        attempt -> new EnergyRecords(store, request.run().runId())
                                .measured("train", attempt.fence(), () -> train(request, attempt)))
                : Attempt.round(
                        store,
                        request.run(),
                        "train",
                        pauses,
                        policy,
                        outcome -> outcome.waiting() != null,
                        attempt -> train(request, attempt));
    }

    @Override
    public void end(TrainRequest request, int pauses) {
        BackEndSpec by = Objects.requireNonNull(request.spec().by());
        Attempt.inside(store, request.run(), "train", pauses, attempt -> {
            try {
                BackEnd outside = backEnds.of(by);
                outside.end(
                        request,
                        context(request, attempt, outside.fingerprint(), TrainingSteering.none(attempt.fence())));
            } catch (StageProblem problem) {
                if (problem.type() != FailureType.POLICY_DENIED) {
                    throw problem;
                }
                // an operator may correct a key or a file, and nobody else ends the training
                throw new StageProblem(FailureType.BACKEND_FAILED, String.valueOf(problem.getMessage()), problem);
            }
            return request.run().runId();
        });
    }

    private TrainOutcome train(TrainRequest request, Attempt attempt) throws Exception {
        BackEndSpec by = request.spec().by();
        BackEnd outside = by == null ? null : backEnds.of(by);
        TrainingSteering steering =
                TrainingSteering.of(new SteeringRecords(store, request.run().runId()), attempt.fence(), by);
        TrainingContext context = context(
                request, attempt, outside == null ? WorkerFingerprint.current() : outside.fingerprint(), steering);
        CheckpointStore.Found found = outside == null ? context.findOfThisEngine(restarts) : context.find();
        String trainedBy = outside == null ? workers(context, found) : outside.fingerprint();
        StageKey key =
                StageKey.of(StageGraph.TRAIN, request, KeyMeasurements.NONE.with(KeyMeasurement.WORKER, trainedBy));
        TrainOutcome outcome = new StageResults(store)
                .find(request.run(), made(context, key), "", attempt.fence(), CheckpointRef.class)
                .map(TrainOutcome::done)
                .orElse(null);
        if (outcome == null) {
            outcome = outside == null
                    ? train(request, context, key, start(context, key, found, folder -> ofThisWorker(context, folder)))
                    : train(request, context, key, outside, found);
        }
        if (outcome.checkpoint() != null) {
            context.earlierRuns(key).clear();
            if (outside != null) {
                clear(outside, request, context);
            }
        }
        return outcome;
    }

    /** The result is stored, so what cannot be removed now does not fail the run. */
    private static void clear(BackEnd outside, TrainRequest request, TrainingContext context) {
        try {
            outside.clear(request, context);
        } catch (StageProblem | ExtensionProblem | IOException problem) {
            LOG.warn(
                    "the result of run {} is stored, but what its training left behind cannot be removed: {}",
                    request.run().runId(),
                    String.valueOf(problem.getMessage()));
        }
    }

    private TrainingContext context(
            TrainRequest request, Attempt attempt, String trainedBy, TrainingSteering steering) {
        return new TrainingContext(request.run(), "train", store, checkpoints, attempt, shutdown, trainedBy, steering);
    }

    /** The workers' fingerprints: a run that moved to another kind of machine has other bytes. */
    private static String workers(TrainingContext context, CheckpointStore.Found found) throws IOException {
        return found.checkpoint().isEmpty()
                ? context.worker()
                : String.join(
                        " then ",
                        TrainState.read(found.checkpoint().get().folder())
                                .continuedOn(context.worker())
                                .workers());
    }

    private static Optional<Set<Integer>> ofThisWorker(TrainingContext context, Path folder) throws IOException {
        TrainState state = TrainState.read(folder);
        return state.workers().equals(List.of(context.worker()))
                ? Optional.of(Set.of(state.bestStep()))
                : Optional.empty();
    }

    private static CheckpointStore.Found start(
            TrainingContext context, StageKey key, CheckpointStore.Found own, EarlierRuns.History history)
            throws IOException {
        EarlierRuns earlier = context.earlierRuns(key);
        if (own.checkpoint().isEmpty()) {
            earlier.adopt(history);
        }
        earlier.join();
        return context.find();
    }

    /** Trains with another back end than the engine. */
    private TrainOutcome train(
            TrainRequest request, TrainingContext context, StageKey key, BackEnd outside, CheckpointStore.Found own)
            throws IOException {
        CheckpointStore.Found found = start(context, key, own, folder -> Optional.of(Set.of()));
        context.begin(found, false);
        Fence fence = context.attempt().fence();
        Path export = store.scratch(fence);
        BackEnd.Result result = outside.train(request, context, export);
        TrainingEnd end = result.end();
        if (result.waits() != null) {
            return TrainOutcome.waiting(result.waits(), result.progress());
        }
        if (end == null) {
            return TrainOutcome.paused(
                    result.nextStep(), context.steering().ledger().lastCommand());
        }
        List<TrainingWarning> warnings = result.ledger()
                .watchdog(result.ledger().lines().size(), request.spec())
                .warnings();
        return done(
                request, context, key, store.put(export, fence), result.ledger(), warnings, end, "", result.notes());
    }

    private TrainOutcome train(TrainRequest request, TrainingContext context, StageKey key, CheckpointStore.Found found)
            throws Exception {
        TrainingPlan plan = new EnginePlan(request.spec(), request.initialize(), request.setup())
                .plan(
                        request.learningRate(),
                        request.rank(),
                        EnginePlan.epoch(request.dataset()),
                        request.dataset().longestRow());
        TrainingFiles files = new TrainingInputLoader(request.run(), store, context.attempt())
                .files(request.spec(), plan, request.model(), request.dataset());
        MicroBatchBudget budget = files.budget(plan);
        context.begin(found, budget);
        try (Training training = new Training(request.spec(), plan, budget, files, context, found.checkpoint())) {
            Optional<TrainingEnd> ended = training.run();
            SteeringLedger steering = context.steering().ledger();
            if (ended.isEmpty()) {
                return TrainOutcome.paused(training.nextStep(), steering.lastCommand());
            }
            ArtifactRef artifact = artifact(request, training, context.attempt().fence());
            return done(
                    request,
                    context,
                    key,
                    artifact,
                    training.ledger(),
                    training.warnings(),
                    ended.get(),
                    training.workerChanges(),
                    Map.of());
        }
    }

    /**
     * Stores a finished training's result.
     *
     * @param workerChanges on how many kinds of workers it was computed; empty for one
     * @param notes texts of files beside the ledger, by their names
     */
    private TrainOutcome done(
            TrainRequest request,
            TrainingContext context,
            StageKey key,
            ArtifactRef artifact,
            TrainingLedger ledger,
            List<TrainingWarning> warnings,
            TrainingEnd end,
            String workerChanges,
            Map<String, String> notes)
            throws IOException {
        Fence fence = context.attempt().fence();
        StageKey made = made(context, key);
        CheckpointRef result = new CheckpointRef(
                artifact,
                EnginePlan.makesAdapter(request.spec().method()),
                ledger(request, ledger, warnings, notes, context, fence),
                end.steps(),
                end.finalLoss(),
                end.validationLoss(),
                end.stopReason(),
                warnings.isEmpty() ? null : warnings,
                origin(context, made, workerChanges));
        new StageResults(store).commit(request.run(), made, "", fence, result);
        return TrainOutcome.done(result);
    }

    /** The key of the actual result: steering commands and out-of-memory steps change its bytes. */
    private static StageKey made(TrainingContext context, StageKey key) throws IOException {
        return context.outOfMemory().key(context.steering().ledger().key(key));
    }

    /**
     * The origin of the result; it mentions steering, out-of-memory steps and a change of the kind of
     * worker, so that they are visible everywhere.
     */
    private Origin origin(TrainingContext context, StageKey key, String workerChanges) throws IOException {
        Origin origin = new StageResults(store).origin(context.run(), key, "");
        SteeringLedger steering = context.steering().ledger();
        OutOfMemoryHistory outOfMemory = context.outOfMemory();
        String why = origin.why()
                + (steering.altered().isEmpty() ? "" : "; steered: " + steering.describe())
                + (outOfMemory.steps().isEmpty() ? "" : "; " + outOfMemory.describe())
                + workerChanges;
        return why.equals(origin.why()) ? origin : new Origin(origin.key(), null, why);
    }

    private ArtifactRef artifact(TrainRequest request, Training training, Fence fence) throws IOException {
        Path folder = store.scratch(fence);
        training.exportTo(folder, request.initialize().model());
        return store.put(folder, fence);
    }

    private ArtifactRef ledger(
            TrainRequest request,
            TrainingLedger lines,
            List<TrainingWarning> warnings,
            Map<String, String> notes,
            TrainingContext context,
            Fence fence)
            throws IOException {
        Path folder = store.scratch(fence);
        lines.writeTo(folder.resolve(TrainingLedger.FILE));
        WarningsFile.write(folder, warnings);
        ObjectiveNote.write(folder, request.spec().objective());
        SteeringLedger steering = context.steering().ledger();
        if (!steering.altered().isEmpty()) {
            steering.writeTo(folder.resolve(SteeringLedger.FILE));
        }
        OutOfMemoryHistory outOfMemory = context.outOfMemory();
        if (!outOfMemory.steps().isEmpty()) {
            outOfMemory.writeTo(folder.resolve(OutOfMemoryHistory.FILE));
        }
        for (Map.Entry<String, String> note : notes.entrySet()) {
            Files.writeString(folder.resolve(note.getKey()), note.getValue(), StandardCharsets.UTF_8);
        }
        return store.put(folder, fence);
    }
}
