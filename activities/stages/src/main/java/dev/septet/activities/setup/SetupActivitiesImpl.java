package dev.septet.activities.setup;

import dev.septet.activities.attempt.Attempt;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.Shutdown;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.BenchmarkRuns;
import dev.septet.activities.evaluate.EvaluationInputs;
import dev.septet.activities.evaluate.ValidationExam;
import dev.septet.activities.evaluate.gate.EnoughRows;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.SafetyChecks;
import dev.septet.activities.evaluate.subject.EngineSubjects;
import dev.septet.activities.files.ActivitySettings;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.initialize.TrainingCost;
import dev.septet.activities.resource.DeviceMemory;
import dev.septet.activities.resource.HostMemory;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.CheckpointStore;
import dev.septet.activities.train.BackEnd;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.TrainingFiles;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.Precision;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.Torch;
import dev.septet.workflows.Progress;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.setup.PlannedTrial;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SearchEnd;
import dev.septet.workflows.setup.SearchPlan;
import dev.septet.workflows.setup.SearchSummary;
import dev.septet.workflows.setup.SetupActivities;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.setup.TrialRequest;
import dev.septet.workflows.setup.TrialResult;
import dev.septet.workflows.setup.WorkerProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The setup stage on a worker. */
public final class SetupActivitiesImpl implements SetupActivities {
    private final ActivitySettings settings;
    private final PipelineFiles files;
    private final ArtifactStore store;
    private final CheckpointStore checkpoints;
    private final Shutdown shutdown;
    private final BackEnd.Finder backEnds;

    /** A worker that trains with Septet's engine only. */
    public SetupActivitiesImpl(
            ActivitySettings settings, ArtifactStore store, CheckpointStore checkpoints, Shutdown shutdown) {
        this(settings, store, checkpoints, shutdown, BackEnd.Finder.NONE);
    }

    /**
     * A worker that also trains with other back ends.
     *
     * @param backEnds what its operator allows
     */
    public SetupActivitiesImpl(
            ActivitySettings settings,
            ArtifactStore store,
            CheckpointStore checkpoints,
            Shutdown shutdown,
            BackEnd.Finder backEnds) {
        this.backEnds = backEnds;
        this.settings = settings;
        this.files = new PipelineFiles(settings);
        this.store = store;
        this.checkpoints = checkpoints;
        this.shutdown = shutdown;
    }

    @Override
    public PreflightReport preflight(SetupRequest request) {
        return Attempt.of(
                store, request.run(), "preflight", request.spec().policy(), attempt -> preflight(request, attempt));
    }

    @Override
    public TrialResult trial(TrialRequest request) {
        String name = name(request.number());
        return Attempt.of(
                store,
                request.setup().run(),
                name,
                request.rung(),
                request.setup().spec().policy(),
                attempt -> {
                    SearchTrial trial = new SearchTrial(
                            request,
                            store,
                            checkpoints,
                            shutdown,
                            attempt,
                            name,
                            new EngineSubjects(),
                            exam(request.setup()));
                    TrialResult result = new StageResults(store)
                            .once(
                                    request.setup().run(),
                                    trial.key(),
                                    part(name, request.rung()),
                                    attempt.fence(),
                                    TrialResult.class,
                                    trial::run);
                    trial.clear();
                    return trial.here(result);
                });
    }

    /** Each rung is a result of its own: the reason for a rung is what changed since the same rung of an earlier run. */
    private static String part(String trial, int rung) {
        return rung == 0 ? trial : trial + "-rung-" + rung;
    }

    @Override
    public SearchPlan planSearch(SetupRequest request, double secondsPerStep) {
        return Attempt.of(store, request.run(), "plan-search", request.spec().policy(), attempt -> {
            requireValidation(request);
            ValidationExam exam = exam(request);
            if (exam != null) {
                Path dataset = store.fetch(request.dataset().artifact());
                exam.check(dataset, request.dataset(), request.spec().seed());
            }
            return new SearchPlanner(
                            request.train(),
                            request.initialize(),
                            request.spec(),
                            request.dataset(),
                            secondsPerStep > 0 ? secondsPerStep : null)
                    .plan();
        });
    }

    /** What a search chooses by; null = the validation loss. */
    private @Nullable ValidationExam exam(SetupRequest request) throws IOException {
        SearchSpec search = request.spec().search();
        return search == null || search.choose() == null
                ? null
                : ValidationExam.of(files, request.run(), request.evaluate(), search.choose());
    }

    /** A search compares on validation rows. */
    static void requireValidation(SetupRequest request) {
        if (request.dataset().validationRows() == 0) {
            throw StageProblem.invalid("setup: search picks by the validation loss, but the validation split has no"
                    + " rows; give split a validation: share");
        }
    }

    /** The name of a trial, under which its checkpoints are too. */
    private static String name(int trial) {
        return "trial-" + trial;
    }

    @Override
    public SearchSummary endSearch(SearchEnd end) {
        return Attempt.of(store, end.run(), "end-search", end.setup().spec().policy(), attempt -> {
            SearchSummary summary = new SearchTable(end).store(store, attempt.fence());
            for (PlannedTrial trial : end.plan().trials()) {
                checkpoints.clear("%s/%s".formatted(end.run().runId(), name(trial.number())), attempt.fence());
            }
            return summary;
        });
    }

    private PreflightReport preflight(SetupRequest request, Attempt attempt) throws Exception {
        EnoughRows.require(request.evaluate(), request.dataset().testRows());
        checkEvaluation(request, attempt);
        BackEndSpec by = request.train().by();
        boolean engine = by == null || request.spec().search() != null; // which trains the trials
        // A query of a card's memory takes some of it, so there is none for a trainer outside Septet.
        WorkerProbe worker =
                StepProbe.worker(settings.store(), engine ? DeviceMemory.here().available() : HostMemory.available());
        if (engine) {
            Demands.check(request, worker, Torch.gpus(), memory(request));
        }
        if (by != null) {
            BackEnd outside = backEnds.of(by);
            EvaluationInputs.checkMeasurable(request.evaluate(), by, outside.showsLosses());
            outside.check(request.train());
            Demands.checkOutside(request, by, worker, HostMemory.available(), settings.store(), outside.resources());
        }
        return new StageResults(store)
                .once(
                        request.run(),
                        key(request),
                        attempt.fence(),
                        PreflightReport.class,
                        origin -> engine
                                ? rehearse(request, worker, attempt, origin)
                                : new PreflightReport(worker, 0, 0, origin));
    }

    /** Checks the evaluation's rows now, although the evaluation comes after the training. */
    private void checkEvaluation(SetupRequest request, Attempt attempt) throws IOException {
        attempt.heartbeats().reportAndCheck(Progress.of("reading the evaluation's rows", 0, 1, "files"));
        EvaluationInputs.checkTest(
                store.fetch(request.dataset().artifact()), request.dataset().artifact(), request.evaluate());
        EvaluationInputs.checkJudges(ModelEndpoints.of(System.getenv()), request.evaluate());
        EvaluationInputs.checkFiles(
                files,
                request.run(),
                request.evaluate(),
                store.fetch(request.model().artifact()),
                request.model().artifact().sha256());
        BenchmarkRuns.read(files, request.run(), request.evaluate());
        SafetyChecks.read(
                files,
                GuardModels.ofProcess(files),
                request.run(),
                request.evaluate().safety(),
                attempt.heartbeats()::reportAndCheck);
    }

    /**
     * Memory that the run needs on this worker. The memory of {@code bf16} depends on the
     * processor, and the worker that read the base model may have had another one.
     */
    private long memory(SetupRequest request) throws IOException {
        if (request.spec().precision() == Precision.FLOAT32) {
            return request.model().memoryBytes();
        }
        return TrainingCost.of(
                        ModelConfig.read(store.fetch(request.model().artifact())),
                        request.initialize(),
                        request.train(),
                        request.spec(),
                        EnginePlan.epoch(request.dataset()),
                        request.dataset().longestRow(),
                        Torch.gpus() > 0)
                .leastMemoryBytes();
    }

    /**
     * The measurements of the pipeline's last rehearsal on this kind of worker with the same
     * settings, for any data and base model; for estimates.
     *
     * @param dataset only its counts are used
     */
    public static Optional<StageResults.Stored<PreflightReport>> lastMeasured(
            StageResults results, RunRef run, PipelineSpec spec, DatasetRef dataset) throws IOException {
        SetupRequest request =
                StageGraph.SETUP.request(StageInputs.constant(run, spec).with(StageGraph.PREPARE, dataset));
        return results.similar(
                run.pipeline(),
                key(request),
                Set.of(StageGraph.TRAINING_DATA, StageGraph.BASE_MODEL),
                PreflightReport.class);
    }

    /** The key of a rehearsal. */
    public static StageKey key(SetupRequest request) {
        EnginePlan plan = new EnginePlan(request.train(), request.initialize(), request.spec());
        return StageKey.of(
                StageGraph.SETUP,
                request,
                KeyMeasurements.NONE
                        .with(KeyMeasurement.WORKER, WorkerFingerprint.current())
                        .with(KeyMeasurement.FROZEN_LAYERS, plan.frozenLayers(request.dataset())));
    }

    private PreflightReport rehearse(SetupRequest request, WorkerProbe worker, Attempt attempt, Origin origin)
            throws IOException {
        TrainingFiles files = new TrainingFiles(
                store.fetch(request.model().artifact()),
                store.fetch(request.dataset().artifact()));
        TrainingDryRun.Findings findings =
                new TrainingDryRun(request, files, store.scratch(attempt.fence()), attempt.heartbeats()).run();
        return new PreflightReport(worker, findings.secondsPerStep(), findings.peakMemoryBytes(), origin);
    }
}
