package dev.septet.workflows;

import dev.septet.dsl.pipeline.CommandSpec;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.ResourcesSpec;
import dev.septet.dsl.pipeline.WebhookSpec;
import dev.septet.dsl.pipeline.deploy.ApprovalSpec;
import dev.septet.dsl.pipeline.deploy.CanarySpec;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.dsl.pipeline.deploy.DirectorySpec;
import dev.septet.dsl.pipeline.deploy.S3Spec;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.monitor.AlarmSpec;
import dev.septet.dsl.pipeline.monitor.DriftSpec;
import dev.septet.dsl.pipeline.monitor.MonitorSpec;
import dev.septet.dsl.pipeline.monitor.OnDriftSpec;
import dev.septet.dsl.pipeline.monitor.OnFeedbackSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import dev.septet.dsl.pipeline.search.DimensionSpec;
import dev.septet.dsl.pipeline.search.HalvingSpec;
import dev.septet.dsl.pipeline.track.MlflowSpec;
import dev.septet.dsl.pipeline.track.TensorBoardSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.LoraSpec;
import dev.septet.dsl.pipeline.train.SearchSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pipelines for tests, as the front-end would make them. */
public final class Specs {
    static final String TRAINING_QUEUE = "lab-gpu";

    private Specs() {}

    /** All seven stages, a search of four points, a watch that retrains. */
    public static PipelineSpec complete() {
        return pipeline(
                new SearchSpec(List.of(1e-4, 2e-4), List.of(8, 16), 0, 20),
                new DeploySpec(
                        List.of(DeploySpec.Quantization.INT8),
                        List.of(new DirectorySpec("models/hello")),
                        null,
                        null,
                        DeploySpec.DEFAULT_POLICY),
                monitor());
    }

    /** A search with rungs; nothing is published. */
    static PipelineSpec searching() {
        return pipeline(
                new SearchSpec(
                        List.of(1e-4, 2e-4, 3e-4),
                        List.of(),
                        0,
                        27,
                        List.of(DimensionSpec.of(DimensionSpec.Name.BATCH, List.of(2.0, 4.0, 8.0))),
                        List.of(),
                        null,
                        new HalvingSpec(3, 3, null),
                        null,
                        null),
                null,
                null);
    }

    /** Published into a bucket alone. */
    static PipelineSpec intoBucket() {
        return pipeline(
                null,
                new DeploySpec(
                        List.of(),
                        List.of(new S3Spec("s3://models/hello", null, null)),
                        null,
                        null,
                        DeploySpec.DEFAULT_POLICY),
                null);
    }

    /** Without search and watch; people are asked before it is published. */
    static PipelineSpec asking(int quorum) {
        return pipeline(
                null,
                new DeploySpec(
                        List.of(),
                        List.of(new DirectorySpec("models/hello")),
                        null,
                        new ApprovalSpec("ml-oncall", Duration.ofHours(24), quorum),
                        DeploySpec.DEFAULT_POLICY),
                null);
    }

    /** Without search and watch; it is tried on a tenth of the requests. */
    static PipelineSpec tried(Duration hold) {
        return pipeline(
                null,
                new DeploySpec(
                        List.of(),
                        List.of(new DirectorySpec("models/hello")),
                        new CanarySpec(0.1, hold, 50, 0.02, 0.05, 0.1, 1, 2),
                        null,
                        DeploySpec.DEFAULT_POLICY),
                null);
    }

    /** The same pipeline, tracked on a server and in a folder. */
    static PipelineSpec tracked(PipelineSpec spec) {
        return new PipelineSpec(
                spec.name(),
                spec.description(),
                spec.schedule(),
                spec.notifications(),
                spec.prepare(),
                spec.initialize(),
                spec.setup(),
                spec.train(),
                spec.evaluate(),
                spec.deploy(),
                spec.monitor(),
                spec.card(),
                spec.priority(),
                spec.team(),
                List.of(new MlflowSpec("team", null, null), new TensorBoardSpec("board")));
    }

    /** The same pipeline; these people are told of everything. */
    static PipelineSpec telling(PipelineSpec spec) {
        return telling(spec, NotifySpec.every());
    }

    static PipelineSpec telling(PipelineSpec spec, List<NotifySpec.Event> webhook) {
        return new PipelineSpec(
                spec.name(),
                spec.description(),
                spec.schedule(),
                List.of(
                        new NotifySpec(new WebhookSpec("https://chat.example.com/x", null, null), webhook),
                        new NotifySpec(new CommandSpec("page-oncall"), List.of(NotifySpec.Event.FAILED))),
                spec.prepare(),
                spec.initialize(),
                spec.setup(),
                spec.train(),
                spec.evaluate(),
                spec.deploy(),
                spec.monitor());
    }

    /** The stages that a file must have, under a name, with another pipeline's rows. */
    static PipelineSpec from(String name, @Nullable String source) {
        PipelineSpec spec = minimal();
        PrepareSpec rows = spec.prepare();
        return new PipelineSpec(
                name,
                spec.description(),
                null,
                List.of(),
                source == null
                        ? rows
                        : new PrepareSpec(
                                null,
                                source,
                                rows.format(),
                                rows.maxBadRows(),
                                rows.transforms(),
                                rows.deduplicate(),
                                rows.redact(),
                                rows.split(),
                                rows.maxTokens(),
                                rows.policy()),
                spec.initialize(),
                spec.setup(),
                spec.train(),
                spec.evaluate(),
                null,
                null);
    }

    /** The three stages that a file must have, with a cross-validation. */
    static PipelineSpec folds(int folds) {
        PipelineSpec spec = minimal();
        PrepareSpec rows = spec.prepare();
        return new PipelineSpec(
                spec.name(),
                spec.description(),
                spec.schedule(),
                spec.notifications(),
                new PrepareSpec(
                        rows.dataset(),
                        null,
                        rows.format(),
                        rows.maxBadRows(),
                        rows.transforms(),
                        rows.deduplicate(),
                        rows.redact(),
                        new SplitSpec(80, 10, 10, null, null, null, null, folds),
                        rows.maxTokens(),
                        rows.policy()),
                spec.initialize(),
                spec.setup(),
                spec.train(),
                spec.evaluate(),
                null,
                null);
    }

    /** The three stages that a file must have. */
    static PipelineSpec minimal() {
        return pipeline(null, null, null);
    }

    /** The stages that a file must have; the rows are cleaned in shards. */
    static PipelineSpec sharded(int parallel) {
        PipelineSpec spec = minimal();
        return new PipelineSpec(
                spec.name(),
                spec.description(),
                null,
                List.of(),
                spec.prepare().with(parallel),
                spec.initialize(),
                spec.setup(),
                spec.train(),
                spec.evaluate(),
                null,
                null);
    }

    /** Without a search; reviewed feedback makes a new model. */
    static PipelineSpec learning(int after, Duration cooldown) {
        return pipeline(
                null,
                new DeploySpec(
                        List.of(), List.of(new DirectorySpec("models/hello")), null, null, DeploySpec.DEFAULT_POLICY),
                new MonitorSpec(
                        Duration.ofHours(6),
                        "audit.jsonl",
                        100,
                        monitor().drifts(),
                        AlarmSpec.DEFAULT,
                        null,
                        new OnFeedbackSpec(after, cooldown, null, 0.1),
                        MonitorSpec.DEFAULT_POLICY));
    }

    /** Without a search; every model is tried, drift makes a new one. */
    static PipelineSpec retrained(CanarySpec canary) {
        return pipeline(
                null,
                new DeploySpec(
                        List.of(), List.of(new DirectorySpec("models/hello")), canary, null, DeploySpec.DEFAULT_POLICY),
                monitor());
    }

    /** Without a search; the watch has the model read the prompts. */
    static PipelineSpec reading() {
        return pipeline(
                null,
                new DeploySpec(
                        List.of(), List.of(new DirectorySpec("models/hello")), null, null, DeploySpec.DEFAULT_POLICY),
                monitor(new DriftSpec(DriftSpec.Detector.PERPLEXITY, DriftSpec.Feature.PROMPT_LOSS, 0.2)));
    }

    static MonitorSpec monitor() {
        return monitor(new DriftSpec(DriftSpec.Detector.PSI, DriftSpec.Feature.PROMPT_LENGTH, 0.2));
    }

    private static MonitorSpec monitor(DriftSpec drift) {
        return new MonitorSpec(
                Duration.ofHours(6),
                "audit.jsonl",
                100,
                List.of(drift),
                AlarmSpec.DEFAULT,
                new OnDriftSpec(Duration.ofDays(3), null, null),
                null,
                MonitorSpec.DEFAULT_POLICY);
    }

    private static PipelineSpec pipeline(
            @Nullable SearchSpec search, @Nullable DeploySpec deploy, @Nullable MonitorSpec monitor) {
        return new PipelineSpec(
                "hello",
                "a pipeline of the tests",
                null,
                List.of(),
                new PrepareSpec(
                        "data/hello.jsonl",
                        null,
                        DatasetFormat.AUTO,
                        0,
                        List.of(),
                        false,
                        null,
                        SplitSpec.DEFAULT,
                        512,
                        PrepareSpec.DEFAULT_POLICY),
                new InitializeSpec("models/tiny", null, null, null, InitializeSpec.DEFAULT_POLICY),
                new SetupSpec(
                        new ResourcesSpec(0, null, TRAINING_QUEUE),
                        SetupSpec.DEFAULT.precision(),
                        7,
                        search,
                        SetupSpec.DEFAULT_POLICY),
                new TrainSpec(
                        LoraSpec.standard(),
                        1,
                        null,
                        BatchSpec.DEFAULT,
                        AdamwSpec.DEFAULT,
                        LearningRateSpec.DEFAULT,
                        1.0,
                        CheckpointSpec.DEFAULT,
                        100,
                        null,
                        TrainSpec.OnNonFinite.STOP,
                        null,
                        null,
                        TrainSpec.DEFAULT_POLICY),
                EvaluateSpec.DEFAULT,
                deploy,
                monitor);
    }
}
