package dev.septet.workers.plan;

import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.canary.ProbeFile;
import dev.septet.activities.dataset.DatasetProblem;
import dev.septet.activities.dataset.SourceFile;
import dev.septet.activities.deploy.DeployActivitiesImpl;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.evaluate.EvaluationInputs;
import dev.septet.activities.evaluate.gate.EnoughRows;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.initialize.InitializeActivitiesImpl;
import dev.septet.activities.initialize.TrainingCost;
import dev.septet.activities.prepare.ContextLimit;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.ObjectiveCheck;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.setup.SetupActivitiesImpl;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.support.HostMemory;
import dev.septet.activities.support.PipelineFiles;
import dev.septet.activities.support.StageKey;
import dev.septet.activities.support.StageProblem;
import dev.septet.activities.support.StageResults;
import dev.septet.activities.support.WorkerFingerprint;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.TrainActivitiesImpl;
import dev.septet.dsl.spec.AdapterSpec;
import dev.septet.dsl.spec.DeploySpec;
import dev.septet.dsl.spec.DpoSpec;
import dev.septet.dsl.spec.ForgettingSpec;
import dev.septet.dsl.spec.PipelineSpec;
import dev.septet.dsl.spec.TrainSpec;
import dev.septet.llm.model.Precision;
import dev.septet.llm.train.HiddenStates;
import dev.septet.workers.plan.StagePlan.Action;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.ModelRef;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.evaluate.EvaluateRequest;
import dev.septet.workflows.initialize.InitializeRequest;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupRequest;
import dev.septet.workflows.train.TrainRequest;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Walks the stages as a run would, by the same keys, until one of them has no stored result; what
 * stands behind it depends on what it makes.
 */
public final class Planner {
    private final ArtifactStore store;
    private final StageResults results;
    private final PipelineFiles files;
    private final PipelineSpec spec;
    private final RunRef run;
    private final TargetCheck targets;
    private final List<StagePlan> stages = new ArrayList<>();
    private @Nullable DatasetRef dataset;
    private @Nullable PreflightReport preflight;

    /**
     * @param run folder and digest of the pipeline; its run id means nothing
     * @param targets asked about the targets, as far as this machine knows
     */
    public Planner(
            ArtifactStore store,
            PipelineFiles files,
            PipelineSpec spec,
            RunRef run,
            TargetCheck targets) {
        this.store = store;
        this.results = new StageResults(store);
        this.files = files;
        this.spec = spec;
        this.run = run;
        this.targets = targets;
    }

    /**
     * The plan.
     *
     * @throws dev.septet.activities.support.StageProblem when a run would refuse the model or a
     *     path
     */
    public RunPlan plan() throws IOException {
        BaseModel base = BaseModel.open(model());
        base.hold(spec.initialize(), spec.train().method());
        DeploySpec deploy = spec.deploy();
        if (deploy != null) {
            base.holdExport();
            targets.checkLocally(run, deploy, base.folder().path());
            ProbeFile.check(files, run, deploy);
        }
        ContextLimit.hold(base.folder().path(), spec.prepare().maxTokens());
        checkRows();
        EvaluationInputs.checkSuite(files, run, spec.evaluate(), base.folder().path());
        walk(base);
        List<Stage> planned = stages.stream().map(StagePlan::stage).toList();
        for (Stage stage : Stage.values()) {
            if (stage != Stage.MONITOR && !planned.contains(stage)) {
                boolean absent = stage == Stage.DEPLOY && spec.deploy() == null;
                stages.add(
                        absent
                                ? new StagePlan(stage, Action.SKIP, "the file has no such block")
                                : new StagePlan(
                                        stage,
                                        Action.DEPENDS,
                                        "depends on what the stages before make"));
            }
        }
        stages.add(
                spec.monitor() == null
                        ? new StagePlan(Stage.MONITOR, Action.SKIP, "the file has no such block")
                        : new StagePlan(Stage.MONITOR, Action.RUN, "watches from then on"));
        return estimate(base);
    }

    /** What the first row that has a format tells of all of them. */
    private void checkRows() throws IOException {
        String name = spec.prepare().dataset();
        if (name == null) {
            return;
        }
        SourceFile source = new SourceFile(files.read(run, name), name);
        try {
            ObjectiveCheck.hold(spec.prepare(), source, spec.train().objective());
            EvaluationInputs.checkFormat(
                    spec.evaluate(), ObjectiveCheck.format(spec.prepare(), source), name);
        } catch (DatasetProblem unreadable) {
            throw StageProblem.invalid("prepare: " + unreadable.getMessage());
        }
    }

    /** Fetched where it is not here: its size and its tokenizer are what a plan is about. */
    private Path model() throws IOException {
        return BaseModelFiles.here(files).folder(run, spec.initialize(), progress -> {});
    }

    private void walk(BaseModel base) throws IOException {
        DatasetRef data = next(Stage.PREPARE, prepareKey(), DatasetRef.class);
        dataset = data;
        if (data == null) {
            return;
        }
        ModelRef model =
                next(
                        Stage.INITIALIZE,
                        InitializeActivitiesImpl.key(
                                InitializeRequest.of(run, spec, data), base.digest()),
                        ModelRef.class);
        if (model == null) {
            return;
        }
        SetupRequest setup =
                new SetupRequest(
                        run,
                        spec.setup(),
                        spec.initialize(),
                        spec.train(),
                        spec.evaluate(),
                        data,
                        model);
        PreflightReport rehearsed =
                next(Stage.SETUP, SetupActivitiesImpl.key(setup), PreflightReport.class);
        preflight = rehearsed;
        if (rehearsed == null || spec.setup().search() != null) {
            return; // what a search finds decides what is trained
        }
        train(data, model);
    }

    private void train(DatasetRef data, ModelRef model) throws IOException {
        int rank =
                spec.train().method() instanceof AdapterSpec method ? method.adapter().rank() : 0;
        TrainRequest request =
                new TrainRequest(
                        run,
                        spec.train(),
                        spec.initialize(),
                        spec.setup(),
                        data,
                        model,
                        spec.train().learningRate().peak(),
                        rank);
        CheckpointRef checkpoint =
                next(
                        Stage.TRAIN,
                        TrainActivitiesImpl.key(request, List.of(WorkerFingerprint.here())),
                        CheckpointRef.class);
        if (checkpoint == null) {
            return;
        }
        ForgettingSpec forgetting = spec.evaluate().forgetting();
        String suite =
                forgetting == null
                        ? "none"
                        : EvaluateActivitiesImpl.suiteDigest(files.read(run, forgetting.suite()));
        EvaluateRequest evaluate =
                new EvaluateRequest(run, spec.evaluate(), spec.setup(), data, model, checkpoint);
        EvaluationReport evaluation =
                next(
                        Stage.EVALUATE,
                        EvaluateActivitiesImpl.key(
                                evaluate, suite, EvaluateActivitiesImpl.champion(store, evaluate)),
                        EvaluationReport.class);
        DeploySpec deploy = spec.deploy();
        if (evaluation != null && deploy != null) {
            next(
                    Stage.DEPLOY,
                    DeployActivitiesImpl.key(
                            new DeployRequest(
                                    run,
                                    deploy,
                                    spec.setup(),
                                    data,
                                    model,
                                    checkpoint,
                                    evaluation)),
                    ExportRef.class);
        }
    }

    private StageKey prepareKey() throws IOException {
        Path model = model();
        String dataset = spec.prepare().dataset();
        if (dataset == null) {
            throw StageProblem.invalid("plan: only pipelines that read a file can be planned");
        }
        SourceDigest source = SourceDigest.of(files.read(run, dataset));
        try (ModelRowEncoder encoder = new ModelRowEncoder(model, spec.prepare().maxTokens())) {
            return PrepareActivitiesImpl.key(
                    new PrepareRequest(run, spec.prepare(), spec.initialize()),
                    source,
                    encoder.digest(),
                    PrepareActivitiesImpl.generalDigest(
                            files, run, PrepareRequest.general(spec.train())));
        }
    }

    /** Plans a stage; its stored result, null when it would run. */
    private <R> @Nullable R next(Stage stage, StageKey key, Class<R> type) throws IOException {
        Optional<StageResults.Stored<R>> stored = results.stored(key, type);
        stages.add(
                stored.isPresent()
                        ? new StagePlan(
                                stage, Action.REUSE, "unchanged since run " + stored.get().runId())
                        : new StagePlan(stage, Action.RUN, results.why(run.pipeline(), key)));
        return stored.map(StageResults.Stored::result).orElse(null);
    }

    private RunPlan estimate(BaseModel base) {
        DatasetRef data = dataset;
        PreflightReport measured = preflight;
        TrainSpec train = spec.train();
        if (data != null) {
            new EnginePlan(train, spec.initialize(), spec.setup())
                    .requireWithin(EnginePlan.epoch(data));
            EnoughRows.require(spec.evaluate(), data.testRows());
        }
        TrainingCost cost =
                TrainingCost.of(
                        base.config(),
                        spec.initialize(),
                        train,
                        spec.setup(),
                        data == null ? TrainingCost.UNKNOWN : EnginePlan.epoch(data),
                        data == null ? spec.prepare().maxTokens() : data.longestRow());
        Long steps = data == null ? null : steps(data);
        long available = HostMemory.available();
        return new RunPlan(
                run.pipeline(),
                stages,
                cost.memoryBytes(available),
                cost.snapshotBytes(),
                cost.recomputes(available),
                spec.setup().precision() == dev.septet.dsl.spec.Precision.BF16
                        && EnginePlan.precision(spec.setup()) == Precision.FLOAT32,
                data != null && cost.frozenOnce()
                        ? HiddenStates.bytes(base.config(), tokensLookedAt(data))
                        : null,
                steps,
                idleStop(train, steps),
                data == null || steps == null || measured == null
                        ? null
                        : (steps + stepsOfReference(train, data)) * measured.secondsPerStep());
    }

    /** Why `stop` is idle, where only the number of epochs' steps tells: lint knows the others. */
    static @Nullable String idleStop(TrainSpec train, @Nullable Long steps) {
        return steps == null || train.steps() != null
                ? null
                : train.patienceBeyond(Math.toIntExact(steps)).orElse(null);
    }

    /** Of the splits that a training reads; what prepare counts is of the first of them. */
    static long tokensLookedAt(DatasetRef data) {
        double rows = data.trainRows() + data.validationRows();
        return Math.round(data.trainTokens() * rows / Math.max(1, data.trainRows()));
    }

    private long steps(DatasetRef data) {
        return new EnginePlan(spec.train(), spec.initialize(), spec.setup())
                .steps(EnginePlan.epoch(data));
    }

    /**
     * What it takes to ask the starting model for all pairs, in steps. A pass forward is at most
     * half of a step, which goes back too.
     */
    private static double stepsOfReference(TrainSpec train, DatasetRef data) {
        return train.objective() instanceof DpoSpec
                ? (data.trainRows() + data.validationRows()) / 2.0 / train.batch().rowsPerStep()
                : 0;
    }
}
