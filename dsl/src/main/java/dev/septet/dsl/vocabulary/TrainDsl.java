package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.backend.BackEndSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.BatchSpec;
import dev.septet.dsl.pipeline.train.CheckpointSpec;
import dev.septet.dsl.pipeline.train.FullSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.OnWarningSpec;
import dev.septet.dsl.pipeline.train.OptimizerSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.StopSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.dsl.vocabulary.value.EarlyStoppingMetric;
import dev.septet.dsl.vocabulary.word.EnumName;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.LiteralText;
import dev.septet.dsl.vocabulary.word.Option;
import dev.septet.dsl.vocabulary.word.PathTo;
import dev.septet.dsl.vocabulary.word.Percent;
import dev.septet.dsl.vocabulary.word.Refusal;
import dev.septet.dsl.vocabulary.word.Repeatable;
import dev.septet.dsl.vocabulary.word.Required;
import dev.septet.dsl.vocabulary.word.RowCount;
import dev.septet.dsl.vocabulary.word.StepCount;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fine-tuning: the method, the duration and the optimizer steps. */
public final class TrainDsl extends TrainValues {
    private MethodSpec method = new FullSpec();
    private int epochs = TrainSpec.DEFAULT_EPOCHS;
    private @Nullable Integer steps;
    private BatchSpec batch = BatchSpec.DEFAULT;
    private OptimizerSpec optimizer = AdamwSpec.DEFAULT;
    private LearningRateSpec learningRate = LearningRateSpec.DEFAULT;
    private double clip = TrainSpec.DEFAULT_CLIP;
    private CheckpointSpec checkpoint = CheckpointSpec.DEFAULT;
    private int validateEvery = TrainSpec.DEFAULT_VALIDATE_EVERY;
    private @Nullable StopSpec stop;
    private TrainSpec.OnNonFinite onNonFinite = TrainSpec.OnNonFinite.ROLL_BACK;
    private final PreserveWords preserve = new PreserveWords();
    private @Nullable ObjectiveSpec objective;
    private @Nullable BackEndSpec by;
    private @Nullable OnWarningSpec onWarning;

    TrainDsl() {
        super(TrainSpec.DEFAULT_POLICY);
    }

    /** The fine-tuning method: which parameters are trained, and how. */
    @Required
    @Example("method lora()")
    public void method(MethodSpec method) {
        this.method = method;
    }

    /**
     * The training objective. By default {@code supervised} for rows with answers and {@code unsupervised} for rows of
     * plain text.
     */
    @Example("objective dpo { beta 0.1 }")
    public void objective(ObjectiveSpec objective) {
        this.objective = objective;
    }

    /** How many times to pass over the training split. At least 1. Cannot be combined with `steps`. */
    @Example("epochs 3")
    public void epochs(@Example("3") int count) {
        Refusal.unless(count >= 1, "epochs must be at least 1, got %s", count);
        Refusal.unless(
                count <= TrainSpec.MOST_EPOCHS, "epochs must be at most %s, got %s", TrainSpec.MOST_EPOCHS, count);
        epochs = count;
    }

    /**
     * The total number of optimizer steps. By default, the number that the epochs need. At least 1. Cannot be combined
     * with `epochs`.
     */
    @Example("steps 200")
    public void steps(@Example("200") int count) {
        Refusal.unless(count >= 1, "steps must be at least 1, got %s", count);
        Refusal.unless(count <= TrainSpec.MOST_STEPS, "steps must be at most %s, got %s", TrainSpec.MOST_STEPS, count);
        steps = count;
    }

    /**
     * The rows of one optimizer step: {@code size} times {@code accumulate}. One micro-batch has at most as many tokens
     * as {@code size} rows of the longest row's length. A larger {@code accumulate} makes steps larger without more
     * memory.
     */
    @Example("batch size: 8, accumulate: 4")
    public void batch(
            @Option @Example("8") @Nullable Integer size, @Option @Example("4") @Nullable Integer accumulate) {
        Refusal.unless(size != null || accumulate != null, "batch needs size: or accumulate:");
        batch = new BatchSpec(
                size == null ? BatchSpec.DEFAULT.size() : size,
                accumulate == null ? BatchSpec.DEFAULT.accumulate() : accumulate);
    }

    /** The optimizer, which turns gradients into updates. */
    @Example("optimizer adamw { weightDecay 0.01 }")
    public void optimizer(OptimizerSpec optimizer) {
        this.optimizer = optimizer;
    }

    /** The learning-rate schedule over the steps. */
    @Example("learningRate cosine(peak: 2e-4, warmup: 100.steps)")
    public void learningRate(LearningRateSpec schedule) {
        learningRate = schedule;
    }

    /** Gradient clipping: the largest norm of all gradients together; 0 = no limit. */
    @Example("clip 0.5")
    public void clip(@Example("0.5") double norm) {
        Refusal.unless(norm >= 0, "clip must be at least 0, got %s", LiteralText.of(norm));
        clip = norm;
    }

    /** How often training saves a checkpoint, and the number of newest checkpoints that the store keeps. */
    @Example("checkpoint every: 200.steps, keep: 3")
    public void checkpoint(
            @Option @Example("200.steps") @Nullable StepCount every, @Option @Example("3") @Nullable Integer keep) {
        Refusal.unless(every != null || keep != null, "checkpoint needs every: or keep:");
        checkpoint = new CheckpointSpec(
                every == null ? CheckpointSpec.DEFAULT.everySteps() : every.count(),
                keep == null ? CheckpointSpec.DEFAULT.keep() : keep);
    }

    /** The number of optimizer steps between two validations, which compute the loss on the validation split. */
    @Example("validate every: 50.steps")
    public void validate(@Option @Example("50.steps") StepCount every) {
        Refusal.unless(every.count() >= 1, "validate every: must be at least 1.steps");
        validateEvery = every.count();
    }

    /** Early stopping: ends training after this number of validations in a row without a better validation loss. */
    @Example("stop patience: 3, on: validationLoss")
    public void stop(@Option @Example("3") int patience, @Option @Nullable EarlyStoppingMetric on) {
        stop = new StopSpec(patience);
    }

    /**
     * What happens after a loss that is NaN or infinite: training goes back to the last checkpoint once, or it ends.
     */
    @Example("onNonFinite stop")
    public void onNonFinite(TrainSpec.OnNonFinite reaction) {
        onNonFinite = reaction;
    }

    /**
     * What happens after a warning about the training: the value is the reaction to every kind of warning, and an option
     * is the reaction to one kind. {@code report} only reports the warning, which is the default. {@code lowerRate}
     * halves the learning rate from the next step on. {@code stop} ends the training and keeps the model with the best
     * validation loss. A lower rate does not help with {@code deadAdapters:} and {@code dataOrder:}, so {@code lowerRate}
     * for every kind leaves these two at {@code report}.
     */
    @Example("onWarning lowerRate, overfitting: stop")
    public void onWarning(
            @Example("lowerRate") OnWarningSpec.@Nullable Reaction reaction,
            @Option @Example("stop") OnWarningSpec.@Nullable Reaction overfitting,
            @Option @Example("lowerRate") OnWarningSpec.@Nullable Reaction spike,
            @Option @Example("stop") OnWarningSpec.@Nullable Reaction divergence,
            @Option @Example("report") OnWarningSpec.@Nullable Reaction noise,
            @Option @Example("stop") OnWarningSpec.@Nullable Reaction plateau,
            @Option @Example("stop") OnWarningSpec.@Nullable Reaction deadAdapters,
            @Option @Example("report") OnWarningSpec.@Nullable Reaction dataOrder) {
        Map<OnWarningSpec.Kind, OnWarningSpec.Reaction> own = new EnumMap<>(OnWarningSpec.Kind.class);
        put(own, OnWarningSpec.Kind.OVERFITTING, overfitting);
        put(own, OnWarningSpec.Kind.SPIKE, spike);
        put(own, OnWarningSpec.Kind.DIVERGENCE, divergence);
        put(own, OnWarningSpec.Kind.NOISE, noise);
        put(own, OnWarningSpec.Kind.PLATEAU, plateau);
        put(own, OnWarningSpec.Kind.DEAD_ADAPTERS, deadAdapters);
        put(own, OnWarningSpec.Kind.DATA_ORDER, dataOrder);
        Refusal.unless(
                reaction != null || !own.isEmpty(),
                "onWarning needs report, lowerRate or stop, for every kind of warning or for one kind, such as spike:");
        onWarning = OnWarningSpec.of(reaction, own).orElse(null);
    }

    /**
     * Preserves earlier skills while the model learns the new one. A pipeline may combine several ways, with one
     * statement for each.
     *
     * <p>{@code replay:} mixes rows of a general dataset into every epoch, so that this share of the tokens that count
     * in the loss comes from them. {@code l2sp:} adds the penalty strength / 2 (w - w0)^2, which pulls every trained
     * weight back to its start w0. {@code ewc:} adds the penalty strength / 2 F (w - w0)^2, where F, the Fisher
     * information of the general dataset, is the importance of a weight. With low-rank methods w is the merged weight.
     */
    @Repeatable
    @Example("preserve replay: 10.percent, from: 'data/general.jsonl'")
    public void preserve(
            @Option @Example("10.percent") @Nullable Percent replay,
            @Option @Example("0.01") @Nullable Double l2sp,
            @Option @Example("100.0") @Nullable Double ewc,
            @Option @PathTo(PathTo.Place.DATA) @Example("'data/general.jsonl'") @Nullable String from,
            @Option @Example("200.rows") @Nullable RowCount rows) {
        preserve.add(replay, l2sp, ewc, from, rows);
    }

    /**
     * Gradual unfreezing: trains the highest block first. Each lower block starts this many steps after the block above
     * it; the embedding starts last.
     */
    @Example("unfreeze gradually: 50.steps")
    public void unfreeze(@Option @Example("50.steps") StepCount gradually) {
        Refusal.unless(gradually.count() >= 1, "unfreeze gradually: must be at least 1.step");
        Refusal.unless(
                gradually.count() <= PreserveSpec.LATEST,
                "unfreeze gradually: must be at most %s.steps",
                PreserveSpec.LATEST);
        preserve.unfreeze(gradually.count());
    }

    /**
     * What trains the model instead of Septet's own engine. Data, retries, checkpoints, the gate and the deployment stay
     * the same.
     */
    @Example("by command('trl')")
    public void by(BackEndSpec backEnd) {
        by = backEnd;
    }

    private static void put(
            Map<OnWarningSpec.Kind, OnWarningSpec.Reaction> reactions,
            OnWarningSpec.Kind kind,
            OnWarningSpec.@Nullable Reaction reaction) {
        Refusal.unless(
                reaction != OnWarningSpec.Reaction.LOWER_RATE || kind.helpedByLowerRate(),
                "onWarning %s: lowerRate does not help, because the cause is not the learning rate; use report or stop",
                EnumName.of(kind));
        if (reaction != null) {
            reactions.put(kind, reaction);
        }
    }

    TrainSpec spec() {
        return new TrainSpec(
                method,
                epochs,
                steps,
                batch,
                optimizer,
                learningRate,
                clip,
                checkpoint,
                validateEvery,
                stop,
                onNonFinite,
                preserve.spec(),
                objective,
                by,
                onWarning,
                policy());
    }
}
