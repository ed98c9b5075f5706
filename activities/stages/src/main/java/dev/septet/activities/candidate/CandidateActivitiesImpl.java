package dev.septet.activities.candidate;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.evaluate.BaseModelExam;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.initialize.TrainingCost;
import dev.septet.activities.resource.EnergyRecords;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.TrainingContext;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.candidate.CandidateActivities;
import dev.septet.workflows.candidate.CandidateEnd;
import dev.septet.workflows.candidate.CandidateRequest;
import dev.septet.workflows.candidate.CandidateTrained;
import dev.septet.workflows.candidate.CandidateTrainingRequest;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * The choice of a base model on a worker. The losses of each finished shard of rows are stored by the digests of the model and of
 * the rows. So a killed attempt continues, and another run with the same candidate and rows does not compute them again. A short
 * training has checkpoints like any training.
 */
public final class CandidateActivitiesImpl implements CandidateActivities {
    private static final double GIB = 1L << 30;

    private final ArtifactStore store;
    private final BaseModelFiles models;
    private final Subjects subjects;
    private final CheckpointStore checkpoints;
    private final Shutdown shutdown;

    /**
     * @param subjects opens the models of the exam
     * @param checkpoints those of the short trainings
     */
    public CandidateActivitiesImpl(
            ArtifactStore store,
            BaseModelFiles models,
            Subjects subjects,
            CheckpointStore checkpoints,
            Shutdown shutdown) {
        this.store = store;
        this.models = models;
        this.subjects = subjects;
        this.checkpoints = checkpoints;
        this.shutdown = shutdown;
    }

    /** Work whose failure may be a property of the candidate. */
    @FunctionalInterface
    private interface Work {
        Examined run() throws Exception;
    }

    @Override
    public Examined screen(CandidateRequest request) {
        return Attempt.of(
                store,
                request.run(),
                name(request.number()),
                0,
                request.initialize().policy(),
                attempt -> unlessLeftOut(
                        Examined.leftOut(request.initialize().model(), ""), () -> screened(request, attempt)));
    }

    private Examined screened(CandidateRequest request, Attempt attempt) throws Exception {
        BaseModel model = CandidateCheck.open(models, request, attempt.heartbeats()::reportAndCheck);
        return new Examined(
                request.initialize().model(),
                store.put(model.files(), attempt.fence()),
                model.digest(),
                model.folder().parameters(),
                null,
                null);
    }

    @Override
    public Examined examine(CandidateRequest request) {
        return Attempt.of(
                store,
                request.run(),
                name(request.number()),
                1,
                request.evaluate().policy(),
                attempt -> examined(request, attempt));
    }

    private Examined examined(CandidateRequest request, Attempt attempt) throws Exception {
        Examined screened = Objects.requireNonNull(request.screened());
        ArtifactRef artifact = Objects.requireNonNull(screened.artifact());
        DatasetRef dataset = Objects.requireNonNull(request.dataset());
        BaseModelExam exam = BaseModelExam.of(
                store.fetch(dataset.artifact()),
                dataset,
                request.evaluate(),
                request.setup().seed());
        return unlessLeftOut(screened, () -> {
            Path folder = store.fetch(artifact);
            requireMemory(request, dataset, folder);
            Candidate candidate = Candidate.whole(
                    screened.model(), folder, artifact, request.setup().precision());
            return screened.with(exam.bitsPerByte(
                    store,
                    attempt.fence(),
                    subjects,
                    candidate,
                    done -> attempt.heartbeats()
                            .reportAndCheck(Progress.of(
                                    "examining " + screened.model(), done, dataset.validationRows(), "rows"))));
        });
    }

    /**
     * The file's own limit of memory. The free memory of a worker changes, so it must not decide which model is chosen: setup
     * checks it for the chosen one.
     */
    private static void requireMemory(CandidateRequest request, DatasetRef dataset, Path folder) {
        Long allowed = request.setup().resources().memoryBytes();
        if (allowed == null || request.train().by() != null) {
            return;
        }
        long needed = TrainingCost.of(
                        ModelConfig.read(folder),
                        request.initialize(),
                        request.train(),
                        request.setup(),
                        EnginePlan.epoch(dataset),
                        dataset.longestRow())
                .leastMemoryBytes();
        if (needed > allowed) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "its training needs about %.1f GiB, and `resources memory:` allows %.1f GiB",
                    needed / GIB,
                    allowed / GIB));
        }
    }

    @Override
    public CandidateTrained train(CandidateTrainingRequest request) {
        String name = name(request.exam().number());
        return Attempt.of(
                store,
                request.run(),
                name,
                2,
                request.training().spec().policy(),
                attempt -> new EnergyRecords(store, request.run().runId())
                        .measured(
                                name,
                                attempt.fence(),
                                () -> new ShortTraining(request, store, checkpoints, shutdown, attempt, name, subjects)
                                        .run()));
    }

    @Override
    public void end(CandidateEnd end) {
        Attempt.of(
                store, end.run(), "end-candidates", end.request().initialize().policy(), attempt -> {
                    for (CandidateEnd.Unused unused : end.unused()) {
                        TrainingContext.withdraw(
                                end.run(),
                                name(unused.number()),
                                unused.training(),
                                store,
                                checkpoints,
                                attempt.fence());
                    }
                    return true;
                });
    }

    /** The name of a candidate's work, under which the checkpoints of its short training are too. */
    private static String name(int candidate) {
        return "candidate-" + candidate;
    }

    private static Examined unlessLeftOut(Examined candidate, Work work) throws Exception {
        try {
            return work.run();
        } catch (Exception problem) {
            String why = CandidateCheck.whyLeftOut(problem);
            if (why != null) {
                return candidate.without(why);
            }
            throw problem;
        }
    }
}
