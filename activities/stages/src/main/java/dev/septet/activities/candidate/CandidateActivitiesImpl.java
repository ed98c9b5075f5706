package dev.septet.activities.candidate;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.Failures;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.evaluate.BaseModelExam;
import dev.septet.activities.evaluate.subject.Candidate;
import dev.septet.activities.evaluate.subject.Subjects;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.initialize.TrainingCost;
import dev.septet.activities.prepare.ContextLimit;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.ModelChoice.Examined;
import dev.septet.workflows.candidate.CandidateActivities;
import dev.septet.workflows.candidate.CandidateRequest;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;

/**
 * The choice of a base model on a worker. The losses of each finished shard of rows are stored by the digests of the model and of
 * the rows. So a killed attempt continues, and another run with the same candidate and rows does not compute them again.
 */
public final class CandidateActivitiesImpl implements CandidateActivities {
    private static final double GIB = 1L << 30;

    /** Reasons that belong to the candidate. Any other failure ends or repeats the attempt. */
    private static final Set<String> OF_THE_CANDIDATE =
            Set.of(FailureType.INVALID_PIPELINE.type(), FailureType.POLICY_DENIED.type());

    private final ArtifactStore store;
    private final BaseModelFiles models;
    private final Subjects subjects;

    /**
     * @param subjects opens the models of the exam
     */
    public CandidateActivitiesImpl(ArtifactStore store, BaseModelFiles models, Subjects subjects) {
        this.store = store;
        this.models = models;
        this.subjects = subjects;
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
                "candidate-" + request.number(),
                0,
                request.initialize().policy(),
                attempt -> unlessLeftOut(
                        Examined.leftOut(request.initialize().model(), ""), () -> screened(request, attempt)));
    }

    private Examined screened(CandidateRequest request, Attempt attempt) throws Exception {
        Path folder = models.folder(request.run(), request.initialize(), attempt.heartbeats()::reportAndCheck);
        BaseModel model = BaseModel.open(folder);
        request.setup().methods(request.train()).forEach(method -> model.check(request.initialize(), method));
        if (request.deploys()) {
            model.checkExport();
        }
        ContextLimit.check(folder, request.prepare().maxTokens());
        new ModelRowEncoder(folder, request.prepare().maxTokens()).close(); // it has a tokenizer that can be read
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
                "candidate-" + request.number(),
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
            throw StageProblem.invalid("its training needs about %.1f GiB, and `resources memory:` allows %.1f GiB"
                    .formatted(needed / GIB, allowed / GIB));
        }
    }

    private static Examined unlessLeftOut(Examined candidate, Work work) throws Exception {
        try {
            return work.run();
        } catch (Exception problem) {
            if (Failures.of(problem) instanceof ApplicationFailure failure
                    && OF_THE_CANDIDATE.contains(failure.getType())) {
                return candidate.without(failure.getOriginalMessage());
            }
            throw problem;
        }
    }
}
