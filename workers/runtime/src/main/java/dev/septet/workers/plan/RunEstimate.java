package dev.septet.workers.plan;

import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.EvaluationInputs;
import dev.septet.activities.evaluate.gate.EnoughRows;
import dev.septet.activities.files.PipelineFiles;
import dev.septet.activities.initialize.BaseModel;
import dev.septet.activities.initialize.TrainingCost;
import dev.septet.activities.prepare.DatasetCard;
import dev.septet.activities.prepare.DatasetPreview;
import dev.septet.activities.resource.DeviceMemory;
import dev.septet.activities.resource.HostMemory;
import dev.septet.activities.result.StageResults;
import dev.septet.activities.setup.SetupActivitiesImpl;
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
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.CachedActivations;
import dev.septet.settings.Setting;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.Stage;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.DatasetRef;
import dev.septet.workflows.artifact.Origin;
import dev.septet.workflows.setup.PreflightReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The size, memory, time and cost of a run, as far as they are known before it. */
final class RunEstimate {
    private final ArtifactStore store;
    private final PipelineFiles files;
    private final StageResults results;
    private final PipelineSpec spec;
    private final RunRef run;
    private final OutsideTrainers trainers;
    private final EnginePlan engine;

    /**
     * @param run the run's reference; its run id is not used
     * @param trainers the outside trainers that are declared on this machine
     */
    RunEstimate(
            ArtifactStore store,
            PipelineFiles files,
            PipelineSpec spec,
            RunRef run,
            OutsideTrainers trainers,
            EnginePlan engine) {
        this.store = store;
        this.files = files;
        this.results = new StageResults(store);
        this.spec = spec;
        this.run = run;
        this.trainers = trainers;
        this.engine = engine;
    }

    /** What trains the model, as far as this machine knows it: no code of a jar runs in a plan. */
    static String trainedBy(BackEndSpec by, OutsideTrainers trainers) {
        if (by instanceof ExtensionSpec.ForBackEnd) {
            return "a back end of a jar";
        }
        return trainers.declared() ? trainers.of(by).fingerprint() : "a trainer that is not declared on this machine";
    }

    /**
     * The forecast.
     *
     * @param base the base model
     * @param stages what each stage would do
     * @param found the data that prepare would read; null when a prepared dataset is stored
     * @param dataset the stored dataset; null when there is none
     * @param preflight a stored measurement of this training; null when there is none
     * @param guardBytes memory of the deployed guard; null without one of the engine
     */
    RunForecast of(
            BaseModel base,
            List<StagePlan> stages,
            @Nullable DatasetPreview found,
            @Nullable DatasetRef dataset,
            @Nullable PreflightReport preflight,
            @Nullable Long guardBytes)
            throws IOException {
        boolean exact = found == null || found.exact();
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
        Double seconds = outside ? expected(pace, steps) : expected(rehearsed, data, steps);
        Integer folds = spec.prepare().split().folds();
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
                seconds,
                outside
                        ? pace.map(TrainerPace::runId).orElse(null)
                        : similar.map(StageResults.Stored::runId).orElse(null),
                trainer(by),
                by == null || service ? null : forecast(by, data, steps, last.orElse(null), pace.isPresent()),
                service(data),
                found == null || spec.prepare().synthetic() == null ? null : synthetic(found, data, steps),
                folds == null || data == null || steps == null
                        ? null
                        : FoldForecast.of(folds, engine, data, steps, seconds),
                guardBytes,
                SearchForecast.of(
                        spec, exact ? data : null, rehearsed == null ? null : (Double) rehearsed.secondsPerStep()),
                EvaluationInputs.power(files, run, spec.evaluate(), data == null ? null : data.testRows()),
                examines(stages) ? FormExamForecast.of(store, files, run, spec, data) : null,
                version(base, stages));
    }

    private @Nullable VersionForecast version(BaseModel base, List<StagePlan> stages) throws IOException {
        DeploySpec deploy = spec.deploy();
        BackEndSpec by = spec.train().by();
        if (deploy == null || reusesExport(stages) || (by != null && by.keepsModel())) {
            return null;
        }
        return VersionForecast.of(
                store,
                System.getenv(),
                deploy,
                spec.train().method(),
                base.folder().parameters(),
                base.folder().path(),
                Path.of(run.folder()));
    }

    private static boolean reusesExport(List<StagePlan> stages) {
        return stages.stream()
                .anyMatch(each -> each.stage() == Stage.DEPLOY && each.action() == StagePlan.Action.REUSE);
    }

    private boolean examines(List<StagePlan> stages) {
        return spec.formExam() != null && !reusesExport(stages);
    }

    /** The rows that prepare would make. Their number of tokens is that of the other training rows on average. */
    private SyntheticForecast synthetic(DatasetPreview found, @Nullable DatasetRef data, @Nullable Long steps) {
        SyntheticForecast made = SyntheticForecast.of(
                spec.prepare().syntheticOrNone(),
                found.splits().train(),
                spec.prepare().split().folds(),
                new ModelEndpoints(trainers.file(), Map.of()));
        if (data == null || steps == null || spec.train().steps() != null || made.rows() == 0) {
            return made;
        }
        double rows = Math.max(1, data.trainRows());
        long epoch = engine.stepsPerEpoch(EnginePlan.epoch(FoldForecast.scaled(data, (rows + made.rows()) / rows)));
        return made.withSteps(epoch * spec.train().epochs());
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
