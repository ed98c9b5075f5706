package dev.septet.workers.plan;

import dev.septet.activities.answer.Teachers;
import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.canary.ProbeFile;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.deploy.MergedType;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.deploy.publication.EndpointTargets;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.BenchmarkRuns;
import dev.septet.activities.evaluate.Champion;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.evaluate.EvaluationInputs;
import dev.septet.activities.evaluate.ExamFiles;
import dev.septet.activities.evaluate.safety.FoundGuard;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.SafetyChecks;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.guard.GuardPublisher;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.prepare.ContextLimit;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.ObjectiveCheck;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.redaction.NameFile;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.workers.plan.StagePlan.Action;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.CheckpointRef;
import dev.septet.workflows.graph.KeyMeasurement;
import dev.septet.workflows.graph.StageGraph;
import dev.septet.workflows.graph.StageInputs;
import dev.septet.workflows.graph.StageNode;
import dev.septet.workflows.prepare.PrepareRequest;
import dev.septet.workflows.setup.PreflightReport;
import dev.septet.workflows.setup.SetupReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans a run. It computes each stage's key as a run would, until a stage has no stored result. The
 * stages after that one depend on its result.
 */
public final class Planner {
    private final ArtifactStore store;
    private final StageResults results;
    private final PipelineFiles files;
    private final BaseModelFiles models;
    private final PipelineSpec spec;
    private final RunRef run;
    private final TargetCheck targets;
    private final OutsideTrainers trainers;
    private final RemoteSources remote;
    private final List<StagePlan> stages = new ArrayList<>();
    private final EnginePlan engine;
    private StageInputs inputs;
    private KeyMeasurements measured = KeyMeasurements.NONE;
    private @Nullable DatasetPreview preview;
    private @Nullable PreflightReport preflight;
    private @Nullable String benchmarks;
    private @Nullable String safety;
    private @Nullable String guard;

    /**
     * @param run folder and digest of the pipeline; its run id is not used
     * @param targets checks the deployment targets, as far as this machine can
     * @param trainers the outside trainers that are declared on this machine
     * @param remote copies rows of buckets and databases, which the caller closes
     */
    public Planner(
            ArtifactStore store,
            PipelineFiles files,
            BaseModelFiles models,
            PipelineSpec spec,
            RunRef run,
            TargetCheck targets,
            OutsideTrainers trainers,
            RemoteSources remote) {
        this.remote = remote;
        this.store = store;
        this.results = new StageResults(store);
        this.files = files;
        this.models = models;
        this.spec = spec;
        this.run = run;
        this.engine = new EnginePlan(spec.train(), spec.initialize(), spec.setup());
        this.inputs = StageInputs.of(run, spec, List.of());
        this.targets = targets;
        this.trainers = trainers;
    }

    /**
     * Plans the run.
     *
     * @throws ModelMissing when the base model is missing and cannot be downloaded
     * @throws dev.septet.activities.attempt.StageProblem when a run would refuse the model or a
     *     path
     * @throws dev.septet.activities.dataset.file.DatasetProblem when a run would refuse the data
     */
    public RunForecast plan() throws IOException {
        trainers.checkHere(spec.train());
        BaseModel base = BaseModel.open(modelOrData());
        spec.setup().methods(spec.train()).forEach(method -> base.check(spec.initialize(), method));
        DeploySpec deploy = spec.deploy();
        BackEndSpec by = spec.train().by();
        boolean kept = by != null && by.keepsModel();
        if (deploy != null) {
            if (kept) {
                EndpointTargets.check(deploy);
            } else {
                base.checkExport();
            }
            targets.checkLocally(run, deploy, base.folder().path());
            ProbeFile.check(files, run, deploy);
        }
        ContextLimit.check(base.folder().path(), spec.prepare().maxTokens());
        checkRows();
        if (by != null && by.keepsModel() && trainers.declared()) {
            EvaluationInputs.checkMeasurable(
                    spec.evaluate(), by, trainers.of(by).showsLosses());
        }
        EvaluationInputs.checkFiles(files, run, spec.evaluate(), base.folder().path(), null);
        // The digests of large files, which are also a part of the evaluation's key.
        benchmarks = BenchmarkRuns.digest(files, run, spec.evaluate());
        ModelEndpoints endpoints = ModelEndpoints.of(System.getenv());
        safety = SafetyChecks.digestHere(
                files, new GuardModels(models, endpoints), run, spec.evaluate().safety());
        FoundGuard found = GuardPublisher.of(models, endpoints).findHere(run, deploy, progress -> {});
        guard = found == null ? null : found.digest();
        Long guardBytes = GuardPublisher.memory(found);
        prepare();
        if (endpoints.declared() && inputs.results().dataset() == null) {
            Teachers.check(endpoints, spec.prepare().syntheticOrNone()); // a stored dataset needs no model
        }
        if (endpoints.declared()) {
            EvaluationInputs.checkJudges(endpoints, spec.evaluate());
        }
        for (StageNode<?, ?> node : StageGraph.NODES) {
            if (node.stage() != Stage.PREPARE) {
                plan(node, base);
            }
        }
        return new RunEstimate(store, files, spec, run, trainers, engine)
                .of(base, stages, preview, inputs.results().dataset(), preflight, guardBytes);
    }

    /** Checks the format of the rows; the first row that has a format decides it for all. */
    private void checkRows() throws IOException {
        if (!readsFiles()) {
            return;
        }
        Set<DatasetFormat> formats =
                ObjectiveCheck.check(spec.prepare(), sources(), spec.train().objective());
        for (DatasetFormat format : formats) {
            EvaluationInputs.checkFormat(spec.evaluate(), format, spec.prepare().source());
        }
    }

    /**
     * The base model's folder. A missing model is downloaded, because the plan needs its size and
     * its tokenizer.
     */
    private Path model() throws IOException {
        return models.folder(run, spec.initialize(), progress -> {});
    }

    private Path modelOrData() throws IOException {
        try {
            return model();
        } catch (StageProblem missing) {
            throw new ModelMissing(missing, previewBeside(missing));
        }
    }

    /**
     * Previews the data of a plan whose model is missing. Invalid data must not hide that problem.
     */
    private DatasetPreview previewBeside(StageProblem missing) throws IOException {
        try {
            SourceSet sources = sources();
            return preview(sources, SourceDigest.of(sources), null);
        } catch (DatasetProblem | StageProblem data) {
            missing.addSuppressed(data);
            throw missing;
        }
    }

    /** The base model is missing. The exception contains a preview of the data without token counts. */
    public static final class ModelMissing extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient DatasetPreview data;

        ModelMissing(StageProblem problem, DatasetPreview data) {
            super(problem.getMessage(), problem);
            this.data = data;
        }

        /** The data, without tokens. */
        public DatasetPreview data() {
            return data;
        }
    }

    private boolean readsFiles() {
        return spec.prepare().inputs().stream().allMatch(source -> source.pipeline() == null);
    }

    private SourceSet sources() throws IOException {
        if (!readsFiles()) {
            throw StageProblem.invalid("plan: only pipelines that read a file can be planned");
        }
        return SourceResolver.withoutPipelines(files).with(remote).resolve(run, spec.prepare());
    }

    /** The type of merged weights, when the training makes an adapter. */
    private @Nullable String mergedType() {
        CheckpointRef trained = inputs.results().checkpoint();
        return trained != null && trained.adapter()
                ? MergedType.of(System.getenv()).measured()
                : null;
    }

    /** Plans the preparation, and looks at the data where it would run. */
    private void prepare() throws IOException {
        SourceSet sources = sources();
        SourceDigest digest = SourceDigest.of(sources);
        try (ModelRowEncoder encoder =
                new ModelRowEncoder(model(), spec.prepare().maxTokens())) {
            String general = PrepareRequest.general(spec.train());
            measured = measured.with(KeyMeasurement.DATASET, digest.sha256())
                    .with(KeyMeasurement.TOKENIZER, encoder.digest())
                    .with(KeyMeasurement.GENERAL_SET, PrepareActivitiesImpl.generalDigest(files, run, general));
            TestFiles tests = tests();
            measured = measured.with(KeyMeasurement.TEST_FILES, tests == null ? null : tests.digest())
                    .with(
                            KeyMeasurement.FORGOTTEN_ROWS,
                            ForgottenRows.of(store, run.pipeline()).sha256())
                    .with(
                            KeyMeasurement.SYNTHETIC_FILES,
                            SyntheticFiles.of(files, run, spec.prepare().syntheticOrNone())
                                    .digest())
                    .with(KeyMeasurement.NAME_FILE, NameFile.digestOf(names()));
            inspect(StageGraph.PREPARE);
            if (inputs.results().dataset() == null) {
                preview = preview(sources, digest, encoder);
            }
        }
    }

    private DatasetPreview preview(SourceSet sources, SourceDigest digest, @Nullable RowEncoder encoder)
            throws IOException {
        String general = PrepareRequest.general(spec.train());
        return DatasetPreview.of(
                spec.prepare(),
                spec.train().objective(),
                sources,
                digest,
                encoder,
                general == null ? null : new SourceFile(files.read(run, general), general),
                PrepareActivitiesImpl.SPLIT_SEED,
                tests(),
                names());
    }

    private @Nullable NameFile names() throws IOException {
        return NameFile.of(files, run, spec.prepare().redact());
    }

    private @Nullable TestFiles tests() throws IOException {
        return TestFiles.of(
                files,
                run,
                spec.prepare().cleaningOrNone(),
                PrepareRequest.suites(spec.prepare(), spec.evaluate()),
                PrepareRequest.tests(spec.prepare(), spec.evaluate()));
    }

    private void plan(StageNode<?, ?> node, BaseModel base) throws IOException {
        String always = node.always();
        if (!node.in(spec)) {
            add(node, Action.SKIP, "the file has no such block");
        } else if (always != null) {
            add(node, Action.RUN, always);
        } else if (!node.ready(inputs)) {
            add(node, Action.DEPENDS, "depends on the results of earlier stages");
        } else {
            measure(node.stage(), base);
            inspect(node);
        }
    }

    /** Measures the values that depend on this machine and belong to the keys of this stage and later stages. */
    private void measure(Stage stage, BaseModel base) throws IOException {
        if (stage == Stage.INITIALIZE) {
            measured = measured.with(KeyMeasurement.BASE_MODEL, base.digest())
                    .with(KeyMeasurement.FROZEN_LAYERS, engine.frozenLayers(inputs.result(StageGraph.PREPARE)));
        } else if (stage == Stage.SETUP) {
            measured = measured.with(KeyMeasurement.WORKER, WorkerFingerprint.current());
        } else if (stage == Stage.TRAIN && spec.train().by() != null) {
            measured = measured.with(
                    KeyMeasurement.WORKER, RunEstimate.trainedBy(spec.train().by(), trainers));
        } else if (stage == Stage.DEPLOY) {
            measured = measured.with(KeyMeasurement.WORKER, WorkerFingerprint.current())
                    .with(KeyMeasurement.GUARD, guard)
                    .with(KeyMeasurement.MERGED_TYPE, mergedType())
                    .with(
                            KeyMeasurement.EXAM_FILES,
                            ExamFiles.ofForms(files, run, spec.formExam(), examined(KeyMeasurements.NONE)));
        } else if (stage == Stage.EVALUATE) {
            Champion champion = EvaluateActivitiesImpl.champion(store, StageGraph.EVALUATE.request(inputs));
            measured = examined(measured).with(KeyMeasurement.CHAMPION, champion == null ? null : champion.sha256());
        }
    }

    /** With the digests of the files that the evaluation reads. */
    private KeyMeasurements examined(KeyMeasurements others) throws IOException {
        return ExamFiles.measured(others, files, run, spec.evaluate(), benchmarks, safety);
    }

    /** Looks for a stage's stored result; without one it would run. */
    private <Q, R> void inspect(StageNode<Q, R> node) throws IOException {
        Q request = node.request(inputs);
        StageKey key = StageKey.of(node, request, measured);
        Optional<? extends StageResults.Stored<?>> stored = results.stored(key, node.stored());
        if (stored.isEmpty()) {
            add(node, Action.RUN, results.why(run.pipeline(), key));
            return;
        }
        add(node, Action.REUSE, "unchanged since run " + stored.get().runId());
        Object result = stored.get().result();
        if (result instanceof PreflightReport rehearsed) {
            preflight = rehearsed;
            if (spec.setup().search() == null) { // a search's result decides the training settings
                inputs = inputs.with(
                        StageGraph.SETUP, SetupReport.asWritten(StageGraph.SETUP.request(inputs), rehearsed));
            }
        } else if (node.result().isInstance(result)) {
            inputs = inputs.with(node, node.result().cast(result));
        }
    }

    private void add(StageNode<?, ?> node, Action action, String reason) {
        stages.add(new StagePlan(node.stage(), action, reason));
    }
}
