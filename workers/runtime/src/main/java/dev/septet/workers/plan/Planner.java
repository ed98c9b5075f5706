package dev.septet.workers.plan;

import dev.septet.activities.attempt.KeyMeasurements;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.basemodel.BaseModelFiles;
import dev.septet.activities.canary.ProbeFile;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.activities.deploy.TargetCheck;
import dev.septet.activities.deploy.publication.EndpointTargets;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.Champion;
import dev.septet.activities.evaluate.EvaluateActivitiesImpl;
import dev.septet.activities.evaluate.EvaluationInputs;
import dev.septet.activities.evaluate.gate.EnoughRows;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.evaluate.safety.SafetyChecks;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.initialize.TrainingCost;
import dev.septet.activities.lineage.ForgottenRows;
import dev.septet.activities.prepare.ContextLimit;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.prepare.ModelRowEncoder;
import dev.septet.activities.prepare.ObjectiveCheck;
import dev.septet.activities.prepare.PrepareActivitiesImpl;
import dev.septet.activities.prepare.RowEncoder;
import dev.septet.activities.prepare.SourceDigest;
import dev.septet.activities.prepare.contamination.TestFiles;
import dev.septet.activities.prepare.generate.Teachers;
import dev.septet.activities.prepare.synthetic.SyntheticFiles;
import dev.septet.activities.resource.DeviceMemory;
import dev.septet.activities.resource.HostMemory;
import dev.septet.activities.result.StageKey;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.result.WorkerFingerprint;
import dev.septet.activities.setup.SetupActivitiesImpl;
import dev.septet.activities.source.RemoteSources;
import dev.septet.activities.source.SourceResolver;
import dev.septet.activities.source.SourceSet;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.train.EnginePlan;
import dev.septet.activities.train.command.OutsideTrainers;
import dev.septet.activities.train.command.TrainerPace;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.backend.BedrockSpec;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.dsl.pipeline.backend.OutsideTrainerSpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.CachedActivations;
import dev.septet.settings.Setting;
import dev.septet.workers.plan.StagePlan.Action;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;
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
import java.util.Objects;
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
        base.check(spec.initialize(), spec.train().method());
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
        ModelEndpoints endpoints = ModelEndpoints.of(System.getenv());
        EvaluationInputs.checkSuite(files, run, spec.evaluate(), base.folder().path());
        SafetyChecks.digestHere(
                files, new GuardModels(models, endpoints), run, spec.evaluate().safety());
        prepare();
        if (endpoints.declared() && inputs.results().dataset() == null) {
            Teachers.check(endpoints, spec.prepare().syntheticOrNone()); // a stored dataset needs no model
        }
        for (StageNode<?, ?> node : StageGraph.NODES) {
            if (node.stage() != Stage.PREPARE) {
                plan(node, base);
            }
        }
        return estimate(base);
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
                                    .digest());
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
                tests());
    }

    private @Nullable TestFiles tests() throws IOException {
        return TestFiles.of(
                files, run, spec.prepare().cleaningOrNone(), PrepareRequest.suites(spec.prepare(), spec.evaluate()));
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
            measured =
                    measured.with(KeyMeasurement.WORKER, trainedBy(spec.train().by(), trainers));
        } else if (stage == Stage.DEPLOY) {
            measured = measured.with(KeyMeasurement.WORKER, WorkerFingerprint.current());
        } else if (stage == Stage.EVALUATE) {
            Champion champion = EvaluateActivitiesImpl.champion(store, StageGraph.EVALUATE.request(inputs));
            measured = measured.with(
                            KeyMeasurement.FORGETTING_SUITE,
                            EvaluateActivitiesImpl.suiteDigest(files, run, spec.evaluate()))
                    .with(
                            KeyMeasurement.SAFETY,
                            SafetyChecks.digestHere(
                                    files,
                                    new GuardModels(models, ModelEndpoints.of(System.getenv())),
                                    run,
                                    spec.evaluate().safety()))
                    .with(KeyMeasurement.CHAMPION, champion == null ? null : champion.sha256());
        }
    }

    /** What trains the model, as far as this machine knows it: no code of a jar runs in a plan. */
    static String trainedBy(BackEndSpec by, OutsideTrainers trainers) {
        if (by instanceof ExtensionSpec.ForBackEnd) {
            return "a back end of a jar";
        }
        return trainers.declared() ? trainers.of(by).fingerprint() : "a trainer that is not declared on this machine";
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

    private RunForecast estimate(BaseModel base) throws IOException {
        DatasetPreview found = preview;
        boolean exact = found == null || found.exact();
        DatasetRef dataset = inputs.results().dataset();
        DatasetRef data = dataset != null || found == null ? dataset : expected(found);
        if (data != null && exact) {
            engine.requireWithin(EnginePlan.epoch(data));
            EnoughRows.require(spec.evaluate(), data.testRows());
        }
        // A trainer outside Septet does not use this process's card, and a query takes memory of the card.
        BackEndSpec by = spec.train().by();
        boolean outside = by != null;
        // Septet's engine trains at least the trials of a search.
        boolean computes = !outside || spec.setup().search() != null;
        TrainingCost cost = TrainingCost.of(
                base.config(),
                spec.initialize(),
                spec.train(),
                spec.setup(),
                data == null ? TrainingCost.UNKNOWN : EnginePlan.epoch(data),
                data == null ? spec.prepare().maxTokens() : data.longestRow(),
                computes && Torch.gpus() > 0);
        boolean service = by != null && by.keepsModel(); // which decides the rows of a step
        Long steps = data == null || service ? null : (long) engine.steps(EnginePlan.epoch(data));
        Optional<StageResults.Stored<PreflightReport>> similar = preflight != null || data == null
                ? Optional.empty()
                : SetupActivitiesImpl.lastMeasured(results, run, spec, data);
        PreflightReport rehearsed = similar.map(StageResults.Stored::result).orElse(preflight);
        long available = computes ? DeviceMemory.here().available() : HostMemory.available();
        Optional<TrainerPace> last = by == null ? Optional.empty() : TrainerPace.last(store, run.pipeline());
        Optional<TrainerPace> pace = last.filter(this::likeThis);
        return new RunForecast(
                run.pipeline(),
                stages,
                computes ? (Long) cost.memoryBytes(available) : null,
                computes ? (Long) cost.snapshotBytes() : null,
                computes && cost.recomputes(available),
                computes
                        && spec.setup().precision() == dev.septet.dsl.pipeline.Precision.BF16
                        && EnginePlan.precision(spec.setup()) == ComputePrecision.FLOAT32,
                computes && data != null && cost.cachesFrozen()
                        ? CachedActivations.bytes(base.config(), tokensRead(data))
                        : null,
                found,
                steps,
                data == null || service ? null : (long) engine.stepsPerEpoch(EnginePlan.epoch(data)),
                idleStop(spec.train(), steps),
                outside ? expected(pace, steps) : expected(rehearsed, data, steps),
                outside
                        ? pace.map(TrainerPace::runId).orElse(null)
                        : similar.map(StageResults.Stored::runId).orElse(null),
                trainer(by),
                by == null || service ? null : forecast(by, data, steps, last.orElse(null), pace.isPresent()),
                service(data));
    }

    private @Nullable Double expected(
            @Nullable PreflightReport rehearsed, @Nullable DatasetRef data, @Nullable Long steps) {
        return data == null || steps == null || rehearsed == null
                ? null
                : (Double) ((steps + stepsOfReference(spec.train(), data)) * rehearsed.secondsPerStep());
    }

    private static @Nullable Double expected(Optional<TrainerPace> pace, @Nullable Long steps) {
        return steps == null
                ? null
                : pace.map(measured -> measured.secondsPerStep() * steps).orElse(null);
    }

    /** Whether only the data and the number of steps may differ from the training that was measured. */
    private boolean likeThis(TrainerPace pace) {
        return pace.conditions()
                .equals(TrainerPace.conditions(
                        trainedBy(Objects.requireNonNull(spec.train().by()), trainers),
                        spec.train(),
                        spec.initialize(),
                        spec.setup()));
    }

    /**
     * What can be said about a trainer outside Septet.
     *
     * @param last the pipeline's last measured training; null = there is none
     * @param alike whether only the data and the number of steps may differ from it
     */
    private TrainerForecast forecast(
            BackEndSpec by,
            @Nullable DatasetRef data,
            @Nullable Long steps,
            @Nullable TrainerPace last,
            boolean alike) {
        Double epochs = data == null || steps == null
                ? null
                : (Double) (steps / (double) engine.stepsPerEpoch(EnginePlan.epoch(data)));
        Long tokens = data == null || epochs == null ? null : (Long) Math.round(data.trainTokens() * epochs);
        String time = null;
        if (!(by instanceof OutsideTrainerSpec)) {
            time = TrainerForecast.why(by);
        } else if (last == null) {
            time = "no training of this pipeline with an outside program has been measured";
        } else if (!trainers.declared()) {
            time = "no trainer is declared on this machine; set %s".formatted(Setting.TRAINERS.variable());
        } else if (!alike) {
            time = "the last measured training, of run %s, had another trainer, model or settings"
                    .formatted(last.runId());
        } else if (steps == null) {
            time = "the number of steps is known once the data is prepared";
        }
        return TrainerForecast.of(by, trainers, tokens, epochs, time);
    }

    private RunForecast.@Nullable ServiceForecast service(@Nullable DatasetRef data) {
        BackEndSpec by = spec.train().by();
        if (by == null || !by.keepsModel()) {
            return null;
        }
        String base = by instanceof OpenAiSpec service
                ? service.model()
                : by instanceof BedrockSpec job ? job.model() : by.written();
        Long tokens =
                data == null ? null : (Long) (data.trainTokens() * spec.train().epochs());
        ModelEndpoint endpoint = trainers.endpoint(by).orElse(null);
        Double cost = endpoint == null || tokens == null ? null : endpoint.cost(base, tokens);
        return new RunForecast.ServiceForecast(
                by instanceof OpenAiSpec service ? service.endpoint() : BedrockAccount.NAME,
                base,
                tokens,
                cost,
                endpoint == null || cost == null ? null : endpoint.currency());
    }

    private static @Nullable String trainer(@Nullable BackEndSpec by) {
        if (by instanceof OutsideTrainerSpec outside) {
            return outside.trainer();
        }
        return by == null ? null : by.written();
    }

    /**
     * The dataset that prepare would produce, for its counts only: there is no artifact yet. For a
     * sample the longest row is not known, so a row of {@code maxTokens} is assumed. Null when the
     * sample had no row to train on.
     */
    private @Nullable DatasetRef expected(DatasetPreview found) {
        DatasetPreview.Tokens tokens = found.tokens();
        if (tokens == null || found.rows().kept() == 0) {
            return null;
        }
        DatasetCard.General general = found.general();
        int longest = Math.max(tokens.longest(), general == null ? 0 : general.longestRow());
        return new DatasetRef(
                new ArtifactRef("", "", 0),
                found.splits().train(),
                found.splits().validation(),
                found.splits().test(),
                tokens.train(),
                tokens.trainLoss(),
                general == null ? null : new DatasetRef.General(general.rows(), general.lossTokens()),
                found.exact() ? longest : spec.prepare().maxTokens(),
                found.rows().quarantined(),
                found.rows().duplicates(),
                0,
                0,
                found.rows().droppedLong(),
                found.rows().truncated(),
                new Origin("", null, "expected, not prepared"));
    }

    /**
     * Why {@code stop} cannot end training early. Lint finds the cases that do not depend on the
     * number of steps, so this method does not repeat them.
     */
    static @Nullable String idleStop(TrainSpec train, @Nullable Long steps) {
        return steps == null || train.steps() != null
                ? null
                : train.patienceBeyond(Math.toIntExact(steps)).orElse(null);
    }

    /**
     * Estimated tokens of the training and validation splits. Prepare counts only the tokens of the
     * training split.
     */
    static long tokensRead(DatasetRef data) {
        double rows = data.trainRows() + data.validationRows();
        return Math.round(data.trainTokens() * rows / Math.max(1, data.trainRows()));
    }

    /**
     * The cost of the reference model's log-probabilities of all pairs, in optimizer steps. A
     * forward pass costs at most half of a step, which also has a backward pass.
     */
    private static double stepsOfReference(TrainSpec train, DatasetRef data) {
        return train.objective() instanceof DpoSpec
                ? (data.trainRows() + data.validationRows())
                        / 2.0
                        / train.batch().rowsPerStep()
                : 0;
    }
}
