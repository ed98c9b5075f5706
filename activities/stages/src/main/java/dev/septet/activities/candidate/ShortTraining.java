package dev.septet.activities.candidate;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.evaluate.BaseModelExam;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.Training;
import dev.septet.activities.train.TrainingContext;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.activities.train.TrainingInputLoader;
import dev.septet.activities.train.TrainingSteering;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.Progress;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.candidate.CandidateTrained;
import dev.septet.workflows.candidate.CandidateTrainingRequest;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.train.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The first steps of the whole training of a candidate, and its exam after them. It is no shorter training with a schedule of its
 * own: its checkpoint is one of the whole training, which continues from it and ends in the same bytes as without it.
 */
final class ShortTraining {
    private static final String VALIDATION = "validation.jsonl";

    private final CandidateTrainingRequest request;
    private final TrainRequest whole;
    private final Examined candidate;
    private final ArtifactStore store;
    private final Subjects subjects;
    private final TrainingContext context;
    private final StageKey key;

    /**
     * @param name the attempt's name within the run, under which its checkpoints are too
     */
    ShortTraining(
            CandidateTrainingRequest request,
            ArtifactStore store,
            CheckpointStore checkpoints,
            Shutdown shutdown,
            Attempt attempt,
            String name,
            Subjects subjects) {
        this.request = request;
        this.whole = request.training();
        this.candidate = Objects.requireNonNull(request.exam().screened());
        this.store = store;
        this.subjects = subjects;
        this.context = new TrainingContext(
                request.run(),
                name,
                store,
                checkpoints,
                attempt,
                shutdown,
                WorkerFingerprint.current(),
                TrainingSteering.none(attempt.fence()));
        this.key = StageKey.of(StageGraph.TRAIN, whole, worker());
    }

    /**
     * The stored value.
     *
     * @param bitsPerByte of the exam after the steps; NaN when it is not finite
     */
    private record Measured(double bitsPerByte, Origin origin) {}

    /** Trains and examines; a stored value of the same training is used again. */
    CandidateTrained run() throws Exception {
        Measured measured = new StageResults(store)
                .once(
                        request.run(),
                        resultKey(),
                        "trained-" + request.exam().number(),
                        context.attempt().fence(),
                        Measured.class,
                        this::measure);
        boolean continues = context.find().checkpoint().isPresent();
        if (continues) {
            context.offer(key);
        }
        return new CandidateTrained(candidate.trained(measured.bitsPerByte()), continues ? key.digest() : null);
    }

    private KeyMeasurements worker() {
        return KeyMeasurements.NONE.with(KeyMeasurement.WORKER, context.worker());
    }

    /** The value depends on the training, the number of its steps, and the rows of the exam. */
    private StageKey resultKey() {
        return StageKey.of(Stage.INITIALIZE)
                .with(StageGraph.TRAIN.dependencies(), whole, worker())
                .with("steps of the short training", Integer.toString(request.steps()))
                .with("rows of the exam", rows().artifact())
                .with(
                        "limit of the exam",
                        String.valueOf(request.exam().evaluate().limit()));
    }

    private DatasetRef rows() {
        return Objects.requireNonNull(request.exam().dataset());
    }

    /** A training row of the candidate may be a row of the exam when its tokenizer drops other long rows. */
    private void requireSameRows() throws IOException {
        Path asked = store.fetch(rows().artifact()).resolve(VALIDATION);
        Path own = store.fetch(whole.dataset().artifact()).resolve(VALIDATION);
        if (Files.mismatch(asked, own) != -1) {
            throw StageProblem.invalid(
                    "its tokenizer splits the rows otherwise, because other rows are too long for it; raise `maxTokens`");
        }
    }

    private Measured measure(Origin origin) throws Exception {
        requireSameRows();
        BaseModelExam exam = BaseModelExam.of(
                store.fetch(rows().artifact()),
                rows(),
                request.exam().evaluate(),
                whole.setup().seed());
        Path model = train();
        double bits = exam.bitsPerByte(
                store,
                context.attempt().fence(),
                subjects,
                trained(model),
                done -> context.attempt()
                        .heartbeats()
                        .reportAndCheck(Progress.of(
                                "examining %s after its short training".formatted(candidate.model()),
                                done,
                                rows().validationRows(),
                                "rows")));
        return new Measured(bits, origin);
    }

    /** Trains, and exports the model after the steps to a folder that is not stored. */
    private Path train() throws Exception {
        TrainingPlan plan = new EnginePlan(whole.spec(), whole.initialize(), whole.setup())
                .plan(
                        whole.learningRate(),
                        whole.rank(),
                        EnginePlan.epoch(whole.dataset()),
                        whole.dataset().longestRow());
        int steps = Math.min(request.steps(), plan.totalSteps());
        TrainingFiles files = new TrainingInputLoader(request.run(), store, context.attempt())
                .files(whole.spec(), plan, whole.model(), whole.dataset());
        MicroBatchBudget budget = files.budget(plan);
        CheckpointStore.Found found = context.findOfThisEngine();
        context.begin(found, budget);
        // After a reset of the workflow, a checkpoint may have other steps than these.
        Optional<CheckpointStore.Checkpoint> from = found.checkpoint().filter(checkpoint -> checkpoint.step() <= steps);
        try (Training training = new Training(whole.spec(), plan, budget, files, context, from)) {
            training.stopAfter(steps);
            Path model = store.scratch(context.attempt().fence());
            training.exportTo(model, whole.initialize().model());
            return model;
        }
    }

    private Candidate trained(Path model) throws IOException {
        Path base = store.fetch(whole.model().artifact());
        String digest = FolderDigest.of(model);
        String name = candidate.model() + " after its short training";
        return EnginePlan.makesAdapter(whole.spec().method())
                ? new Candidate(
                        name,
                        base,
                        whole.model().artifact().sha256(),
                        model,
                        digest,
                        whole.setup().precision())
                : new Candidate(name, model, digest, null, null, whole.setup().precision());
    }
}
