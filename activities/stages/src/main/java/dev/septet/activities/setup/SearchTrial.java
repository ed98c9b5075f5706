package dev.septet.activities.setup;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.ValidationExam;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.store.CheckpointStore.Checkpoint;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.Training;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingEnd;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.activities.train.TrainingInputLoader;
import dev.septet.activities.train.TrainingSteering;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.train.NonFiniteLoss;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.TrialRequest;
import dev.septet.workflows.setup.TrialResult;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One point of a search: the same training with fewer steps and a proportionally shortened
 * schedule. It is checkpointed like a training, so a killed trial continues.
 */
final class SearchTrial {
    private final TrialRequest request;
    private final SetupRequest setup;
    private final ArtifactStore store;
    private final TrainingContext context;
    private final TrainSpec spec;

    /** Steps after which the trial ends, or stops at a rung. */
    private final int until;

    /** The same value as in the whole training, so that both have the same activations. */
    private final boolean cacheFrozen;

    private final KeyMeasurements measured;
    private final Subjects subjects;

    /** What the search chooses by; null = the validation loss. */
    private final @Nullable ValidationExam exam;

    SearchTrial(
            TrialRequest request,
            ArtifactStore store,
            CheckpointStore checkpoints,
            Shutdown shutdown,
            Attempt attempt,
            String name,
            Subjects subjects,
            @Nullable ValidationExam exam) {
        this.exam = exam;
        this.subjects = subjects;
        this.request = request;
        this.setup = request.setup();
        this.store = store;
        this.context = new TrainingContext(
                setup.run(),
                name,
                store,
                checkpoints,
                attempt,
                shutdown,
                WorkerFingerprint.current(),
                TrainingSteering.none(attempt.fence()));
        EpochSize epoch = EnginePlan.epoch(setup.dataset());
        PlannedTrial planned = request.planned();
        TrainSpec full = planned == null ? setup.train() : planned.point().applyTo(setup.train());
        EnginePlan whole = new EnginePlan(full, setup.initialize(), setup.spec());
        int all = whole.steps(epoch);
        int steps = planned == null
                ? Math.min(Objects.requireNonNull(setup.spec().search()).steps(), all)
                : planned.ends().get(planned.ends().size() - 1);
        this.spec = shortened(full, steps, all);
        this.until = planned == null ? steps : planned.ends().get(request.rung());
        this.cacheFrozen = whole.cachesFrozen(epoch);
        this.measured = KeyMeasurements.NONE
                .with(KeyMeasurement.WORKER, context.worker())
                .with(KeyMeasurement.FROZEN_LAYERS, whole.frozenLayers(setup.dataset()));
    }

    StageKey key() {
        TrainRequest request = new TrainRequest(
                setup.run(),
                spec,
                setup.initialize(),
                setup.spec(),
                setup.dataset(),
                setup.model(),
                this.request.learningRate(),
                this.request.rank());
        StageKey key = StageKey.of(Stage.SETUP).with(StageGraph.TRIAL, request, measured);
        StageKey reached = stopsAtRung() ? key.with("steps until the rung", Integer.toString(until)) : key;
        return exam == null
                ? reached
                : reached.with("chosen by", SpecDigest.of(exam.choice()))
                        .words("exam of the choice", exam.spec(), Set.of());
    }

    TrialResult run(Origin origin) throws Exception {
        SetupActivitiesImpl.requireValidation(setup);
        Trained trained = train();
        double loss = trained.loss();
        Map<String, Double> measures = Map.of();
        Double score = null;
        if (exam != null) {
            measures = trained.model() == null ? Map.of() : measure(exam, trained.model());
            score = exam.score(measures);
        }
        return result(request.learningRate(), request.rank(), loss, measures, score, origin);
    }

    /** Answers the validation rows with the trial's model, which is not stored. */
    private Map<String, Double> measure(ValidationExam exam, Path model) throws IOException {
        Path dataset = store.fetch(setup.dataset().artifact());
        Path folder = store.fetch(setup.model().artifact());
        Candidate base = Candidate.whole(
                "base model", folder, setup.model().artifact(), setup.spec().precision());
        String digest = FolderDigest.of(model);
        Candidate tuned = EnginePlan.makesAdapter(spec.method())
                ? new Candidate("trial", folder, base.digest(), model, digest, base.precision())
                : new Candidate("trial", model, digest, null, null, base.precision());
        return exam.measure(
                store,
                context.attempt().fence(),
                subjects,
                dataset,
                setup.dataset(),
                setup.spec().seed(),
                base,
                tuned,
                done -> context.attempt()
                        .heartbeats()
                        .reportAndCheck(Progress.of(
                                "asking the trial", done, setup.dataset().validationRows(), "rows")));
    }

    /**
     * A trial's end, or its stop at a rung.
     *
     * @param loss validation loss
     * @param model folder of the model for the exam; null without an exam, and for a trial that diverged
     */
    private record Trained(double loss, @Nullable Path model) {}

    /** A stored result, which an earlier run may have made at another position of its search. */
    TrialResult here(TrialResult stored) {
        return result(
                stored.learningRate(),
                stored.rank(),
                stored.validationLoss(),
                stored.measures(),
                stored.score(),
                stored.origin());
    }

    /** A result at this position of the search. */
    private TrialResult result(
            double learningRate,
            int rank,
            double loss,
            Map<String, Double> measures,
            @Nullable Double score,
            Origin origin) {
        return new TrialResult(
                request.number(),
                learningRate,
                rank,
                loss,
                request.rung(),
                request.planned() == null ? 0 : until,
                measures,
                score,
                origin);
    }

    private boolean stopsAtRung() {
        return until < Objects.requireNonNull(spec.steps());
    }

    /** Deletes its checkpoints, which are no longer needed. A later rung continues from those of a planned trial. */
    void clear() throws IOException {
        if (request.planned() == null) {
            context.prune(0, Set.of());
        }
    }

    private Trained train() throws Exception {
        TrainingPlan plan = new EnginePlan(spec, setup.initialize(), setup.spec())
                .plan(
                        request.learningRate(),
                        request.rank(),
                        EnginePlan.epoch(setup.dataset()),
                        setup.dataset().longestRow())
                .cachingFrozen(cacheFrozen);
        TrainingFiles files = new TrainingInputLoader(setup.run(), store, context.attempt())
                .files(spec, plan, setup.model(), setup.dataset());
        // After a reset of the workflow, a checkpoint may be of a later rung than this one.
        Optional<Checkpoint> from =
                context.findOfThisEngine().checkpoint().filter(checkpoint -> checkpoint.step() <= until);
        try (Training training = new Training(spec, plan, files.budget(plan), files, context, from)) {
            double loss = stopsAtRung()
                    ? Objects.requireNonNullElse(training.runUntil(until), Double.NaN)
                    : training.run().map(TrainingEnd::validationLoss).orElse(Double.NaN);
            if (exam == null || !Double.isFinite(loss)) {
                return new Trained(loss, null);
            }
            Path model = store.scratch(context.attempt().fence());
            training.exportTo(model, setup.initialize().model());
            return new Trained(loss, model);
        } catch (StageProblem problem) {
            if (problem.getCause() instanceof NonFiniteLoss) {
                return new Trained(Double.NaN, null); // this point diverges; the search continues
            }
            throw problem;
        }
    }

    /**
     * Shortens a training to {@code steps} of {@code all} steps; schedules in steps shrink
     * proportionally.
     */
    static TrainSpec shortened(TrainSpec full, int steps, int all) {
        LearningRateSpec rate = full.learningRate();
        int warmup = (int) ((long) rate.warmup() * steps / all);
        return new TrainSpec(
                full.method(),
                full.epochs(),
                steps,
                full.batch(),
                full.optimizer(),
                new LearningRateSpec(rate.shape(), rate.peak(), warmup),
                full.clip(),
                full.checkpoint(),
                steps, // one validation, at the end
                null,
                TrainSpec.OnNonFinite.STOP,
                shortened(full.preserve(), steps, all),
                full.objective(),
                full.policy());
    }

    private static @Nullable PreserveSpec shortened(@Nullable PreserveSpec full, int steps, int all) {
        if (full == null || full.unfreezeEvery() == null) {
            return full;
        }
        int every = Math.max(1, (int) ((long) full.unfreezeEvery() * steps / all));
        return new PreserveSpec(full.from(), full.replay(), full.l2sp(), full.ewc(), full.ewcRows(), every);
    }
}
