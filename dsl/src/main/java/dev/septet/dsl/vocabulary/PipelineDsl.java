package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.CardSpec;
import dev.septet.dsl.pipeline.ChannelSpec;
import dev.septet.dsl.pipeline.CommandSpec;
import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.RunPriority;
import dev.septet.dsl.pipeline.ScheduleSpec;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.dsl.pipeline.WebhookSpec;
import dev.septet.dsl.pipeline.track.MlflowSpec;
import dev.septet.dsl.pipeline.track.OpenLineageSpec;
import dev.septet.dsl.pipeline.track.TensorBoardSpec;
import dev.septet.dsl.pipeline.track.TrackerSpec;
import dev.septet.dsl.pipeline.track.WandbSpec;
import dev.septet.dsl.vocabulary.value.Address;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.Required;
import dev.septet.dsl.vocabulary.word.TextShorthand;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The seven stages of a pipeline, its schedule and its notifications. Only prepare, initialize and train are required.
 */
public final class PipelineDsl {
    private static final int MAX_TRACKERS = 8;

    private final PipelineDraft draft;

    PipelineDsl(PipelineDraft draft) {
        this.draft = draft;
    }

    /** The purpose of the pipeline, in one sentence. */
    @Example("description 'Answers support tickets'")
    public void description(@Example("'Answers support tickets'") String text) {
        draft.description = text;
    }

    /**
     * Texts for the model card, which is published with the model. {@code intendedUse:} is what the model is for, and for
     * whom. {@code limits:} is what it must not be used for, and where it fails.
     */
    @Example("card intendedUse: 'Routes support tickets', limits: 'English only'")
    public void card(
            @Option @Example("'Routes support tickets'") @Nullable String intendedUse,
            @Option @Example("'English only'") @Nullable String limits) {
        draft.card = new CardSpec(intendedUse, limits);
    }

    /**
     * Which runs get a free worker first. Without this word it is {@code training}, and {@code retraining} for a run that a
     * schedule, drift or feedback started. Work of one priority is shared fairly between teams. A running training is never
     * interrupted.
     */
    @Example("priority interactive")
    public void priority(RunPriority level) {
        draft.priority = level;
    }

    /**
     * The team that the run belongs to. Teams with work of the same priority take turns, however many runs each of them has
     * started. The operator of the workers may give teams a weight and quotas.
     */
    @Example("team 'search'")
    public void team(@Example("'search'") String name) {
        Refusal.unless(
                name.matches(PipelineSpec.NAME_PATTERN),
                "a team's name has letters, digits and '-', at most 64 of them, got '%s'",
                name);
        draft.team = name;
    }

    /**
     * When the pipeline starts by itself: by a cron expression in a time zone, or at a fixed interval. {@code overlap:}
     * is what happens when the previous run has not ended. {@code jitter:} is the largest random delay of a start.
     * {@code catchup:} is the largest delay of a start that was missed while the server was down. A failed run pauses
     * the schedule unless {@code pauseOnFailure: false}.
     */
    @Example("schedule cron: '0 2 * * SUN', timezone: 'UTC', overlap: skip")
    public void schedule(
            @Option @Example("'0 2 * * SUN'") @Nullable String cron,
            @Option @Example("7.days") @Nullable Duration every,
            @Option @Example("'UTC'") @Nullable String timezone,
            @Option ScheduleSpec.@Nullable Overlap overlap,
            @Option @Example("10.minutes") @Nullable Duration jitter,
            @Option @Example("6.hours") @Nullable Duration catchup,
            @Option @Nullable Boolean pauseOnFailure) {
        Refusal.unless(
                every == null || timezone == null, "timezone: belongs to cron:; every: does not depend on a time zone");
        draft.schedule = new ScheduleSpec(
                cron,
                every,
                timezone == null ? ScheduleSpec.DEFAULT_TIMEZONE : timezone,
                overlap == null ? ScheduleSpec.DEFAULT_OVERLAP : overlap,
                jitter == null ? ScheduleSpec.DEFAULT_JITTER : jitter,
                catchup == null ? ScheduleSpec.DEFAULT_CATCHUP : catchup,
                pauseOnFailure == null ? ScheduleSpec.DEFAULT_PAUSE_ON_FAILURE : pauseOnFailure);
    }

    /**
     * Reports events of the pipeline to a webhook or a command. Without {@code on:}, it reports all events but
     * {@code warned}.
     */
    @Repeatable
    @Example("notify webhook('https://chat.example.com/hooks/septet'), on: [failed, waiting]")
    public void notify(
            ChannelSpec channel, @Option @Example("[finished, failed]") @Nullable List<NotifySpec.Event> on) {
        Refusal.unless(on == null || !on.isEmpty(), "notify on: needs at least one event");
        draft.notify.add(new NotifySpec(channel, on == null ? NotifySpec.every() : on));
    }

    /**
     * An address that receives a JSON message, such as that of a chat room. With {@code key:} each message is signed,
     * so that the receiver can verify its sender.
     */
    @Example("webhook('https://chat.example.com/hooks/septet', key: secret('HOOK_KEY'))")
    public ChannelSpec webhook(
            @TextShorthand("address") @Example("'https://chat.example.com/hooks/septet'") Address where,
            @Option @Example("secret('HOOK_KEY')") @Nullable Address key) {
        Refusal.unless(key == null || key.secret() != null, "key: is a secret, such as secret('HOOK_KEY')");
        return new WebhookSpec(where.url(), where.secret(), key == null ? null : key.secret());
    }

    /** A URL that messages are sent to. {@code webhook} also accepts the URL as plain text. */
    @Example("address('https://chat.example.com/hooks/septet')")
    public Address address(@Example("'https://chat.example.com/hooks/septet'") String url) {
        return new Address(url, null);
    }

    /** An address, or the key of a webhook, that is stored in the secret of this name. */
    @Example("secret('TEAM_WEBHOOK')")
    public Address secret(@Example("'TEAM_WEBHOOK'") String name) {
        return new Address(null, new SecretRef(name));
    }

    /** A program that the operator of the worker allows under this name. */
    @Example("command('page-oncall')")
    public ChannelSpec command(@Example("'page-oncall'") String name) {
        return new CommandSpec(name);
    }

    /**
     * Sends each run to a tracker: its settings, curves and scores, and what it published. A tracker that does not answer
     * does not fail a run.
     */
    @Repeatable
    @Example("track mlflow('team')")
    public void track(TrackerSpec tracker) {
        Refusal.unless(!draft.track.contains(tracker), "track %s is already set", tracker.written());
        Refusal.unless(
                draft.track.size() < MAX_TRACKERS, "a pipeline has at most %s trackers", String.valueOf(MAX_TRACKERS));
        draft.track.add(tracker);
    }

    /**
     * An MLflow server that the operator declares under this name. {@code experiment:} is the experiment, else the
     * pipeline's name. {@code register:} is the registered model that gets a version for each published model.
     */
    @Example("mlflow('team', experiment: 'support', register: 'support-bot')")
    public TrackerSpec mlflow(
            @Example("'team'") String tracker,
            @Option @Example("'support'") @Nullable String experiment,
            @Option @Example("'support-bot'") @Nullable String register) {
        return new MlflowSpec(tracker, experiment, register);
    }

    /** A folder of event files for TensorBoard. Each run gets a folder in it. */
    @Example("tensorboard('tracking/tensorboard')")
    public TrackerSpec tensorboard(@PathTo(PathTo.Place.OUTPUT) @Example("'tracking/tensorboard'") String path) {
        return new TensorBoardSpec(path);
    }

    /**
     * OpenLineage events of the run and its stages: to the server that the operator declares under the name of
     * {@code tracker:}, or to a file for each run in {@code folder:}. {@code namespace:} is the namespace of the jobs.
     */
    @Example("openlineage(tracker: 'lineage', namespace: 'support')")
    public TrackerSpec openlineage(
            @Option @Example("'lineage'") @Nullable String tracker,
            @Option @PathTo(PathTo.Place.OUTPUT) @Example("'tracking/lineage'") @Nullable String folder,
            @Option @Example("'support'") @Nullable String namespace) {
        return new OpenLineageSpec(tracker, folder, namespace);
    }

    /** A folder of offline runs for Weights and Biases. {@code wandb sync} uploads them. */
    @Example("wandb('tracking/wandb', project: 'support')")
    public TrackerSpec wandb(
            @PathTo(PathTo.Place.OUTPUT) @Example("'tracking/wandb'") String path,
            @Option @Example("'support'") @Nullable String project) {
        return new WandbSpec(path, project);
    }

    /**
     * Adds the words of another file in the pipeline's folder. Where both files set a word, the pipeline's own value
     * wins. The file holds constants and stages.
     */
    @Repeatable
    @Example("include 'snippets/gpu.groovy'")
    public void include(@Example("'snippets/gpu.groovy'") String path) {
        // Includes are resolved before the words run, so an include that reaches this method was nested.
        Refusal.unless(false, "include '%s' is inside `if`, but belongs in `pipeline` itself", path);
    }

    /** Dataset preparation: the rows that the model learns from, cleaned and split. */
    @Required
    @Example("prepare { dataset 'data/rows.jsonl' }")
    public void prepare(Consumer<PrepareDsl> words) {
        var dsl = new PrepareDsl();
        words.accept(dsl);
        draft.prepare = dsl.spec();
    }

    /** Model initialization: the base model, its requirements, and the layers to freeze. */
    @Required
    @Example("initialize { model 'models/base' }")
    public void initialize(Consumer<InitializeDsl> words) {
        var dsl = new InitializeDsl();
        words.accept(dsl);
        draft.initialize = dsl.spec();
    }

    /** Training environment: the worker's resources, the number format and the seed. */
    @Example("setup { precision bf16 }")
    public void setup(Consumer<SetupDsl> words) {
        var dsl = new SetupDsl();
        words.accept(dsl);
        draft.setup = dsl.spec();
    }

    /** Fine-tuning: the method, the duration and the optimizer steps. */
    @Required
    @Example("train { method lora() }")
    public void train(Consumer<TrainDsl> words) {
        var dsl = new TrainDsl();
        words.accept(dsl);
        draft.train = dsl.spec();
    }

    /** Evaluation: what the tuned model must reach before it is deployed. */
    @Example("evaluate { metric exactMatch, above: 0.9 }")
    public void evaluate(Consumer<EvaluateDsl> words) {
        var dsl = new EvaluateDsl();
        words.accept(dsl);
        draft.evaluate = dsl.spec();
    }

    /** Deployment: the formats in which the model is published, and the targets. */
    @Example("deploy { target directory('models/tuned') }")
    public void deploy(Consumer<DeployDsl> words) {
        var dsl = new DeployDsl();
        words.accept(dsl);
        draft.deploy = dsl.spec();
    }

    /** Monitoring: the drift checks of the requests to the deployed model, and what drift starts. */
    @Example("monitor { every 6.hours; log 'audit.jsonl'; drift perplexity, rise: 15.percent }")
    public void monitor(Consumer<MonitorDsl> words) {
        var dsl = new MonitorDsl();
        words.accept(dsl);
        draft.monitor = dsl.spec();
    }
}
