package dev.septet.activities.train;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.train.AdamwSpec;
import dev.septet.dsl.pipeline.train.DpoSpec;
import dev.septet.dsl.pipeline.train.FreezeSpec;
import dev.septet.dsl.pipeline.train.LearningRateSpec;
import dev.septet.dsl.pipeline.train.MethodSpec;
import dev.septet.dsl.pipeline.train.ObjectiveSpec;
import dev.septet.dsl.pipeline.train.OptimizerSpec;
import dev.septet.dsl.pipeline.train.PartialSpec;
import dev.septet.dsl.pipeline.train.PreserveSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.SgdSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.LearningRate;
import dev.septet.llm.optimizer.OptimizerConfig;
import dev.septet.llm.optimizer.Sgd;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.Objective;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.artifact.DatasetRef;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Converts the pipeline's settings to the engine's terms. */
public record EnginePlan(TrainSpec train, InitializeSpec initialize, SetupSpec setup) {
    /**
     * The plan of a training.
     *
     * @param learningRate peak learning rate that the setup stage chose
     * @param rank LoRA rank that the setup stage chose; 0 = the file's own
     * @param epoch size of an epoch
     * @param longestRow tokens of the longest row
     */
    public TrainingPlan plan(double learningRate, int rank, EpochSize epoch, int longestRow) {
        return new TrainingPlan(
                        method(train.method(), rank),
                        precision(setup),
                        setup.seed(),
                        train.batch().size(),
                        train.batch().accumulate(),
                        steps(epoch),
                        optimizer(train.optimizer()),
                        rate(train.learningRate(), learningRate),
                        train.clip(),
                        frozen(initialize.freeze()),
                        Math.max(2, longestRow))
                .with(retention(train))
                .with(objective(train.objective()))
                .cachingFrozen(cachesFrozen(epoch));
    }

    /** How often frozen layers compute, for keys; null = in every step. */
    public @Nullable String frozenLayers(DatasetRef dataset) {
        return cachesFrozen(epoch(dataset)) ? "once" : null;
    }

    /**
     * Whether the activations of frozen layers may be computed once per row: when every row is read
     * at least twice, and no setting regularizes weights or replays other rows.
     */
    public boolean cachesFrozen(EpochSize epoch) {
        return train.method() instanceof PartialSpec partial
                && !partial.frozenInEveryStep()
                && train.preserve() == null
                && steps(epoch) / 2 >= stepsPerEpoch(epoch);
    }

    /** The training objective; answers and plain text differ only in their rows' loss masks. */
    public static Objective objective(@Nullable ObjectiveSpec objective) {
        return objective instanceof DpoSpec dpo ? new Objective.Dpo(dpo.beta()) : new Objective.Likelihood();
    }

    /** The settings of capability retention. */
    public static CapabilityRetention retention(TrainSpec train) {
        PreserveSpec preserve = train.preserve();
        return preserve == null
                ? CapabilityRetention.NONE
                : new CapabilityRetention(
                        orNone(preserve.replay()),
                        orNone(preserve.l2sp()),
                        orNone(preserve.ewc()),
                        preserve.unfreezeEvery() == null ? 0 : preserve.unfreezeEvery());
    }

    private static double orNone(@Nullable Double strength) {
        return strength == null ? 0 : strength;
    }

    /** The size of an epoch over a prepared dataset, from the prepare stage's counts. */
    public static EpochSize epoch(DatasetRef dataset) {
        DatasetRef.General general = dataset.general();
        return new EpochSize(
                Math.max(1, (int) dataset.trainRows()), // a split without rows is refused later
                dataset.trainLossTokens(),
                general == null ? 0 : (int) general.rows(),
                general == null ? 0 : general.lossTokens());
    }

    /**
     * Optimizer steps of the whole training.
     *
     * @throws StageProblem when a training may not have that many
     */
    public int steps(EpochSize epoch) {
        Integer configured = train.steps();
        long steps = configured != null ? configured : (long) train.epochs() * stepsPerEpoch(epoch);
        if (steps > TrainSpec.MOST_STEPS) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "train: epochs: %,d epochs of %,d steps are more than the %,d steps that a training may have; set fewer epochs",
                    train.epochs(),
                    stepsPerEpoch(epoch),
                    TrainSpec.MOST_STEPS));
        }
        return (int) steps;
    }

    /**
     * Checks settings that are counted in steps against the number of steps of the training.
     *
     * @throws StageProblem when something would not happen before the training's end
     */
    public void requireWithin(EpochSize epoch) {
        int steps = steps(epoch);
        int warmup = train.learningRate().warmup();
        if (warmup >= steps) {
            throw tooLate("learningRate: the warmup ends", "warmup:", warmup, steps);
        }
        int step = retention(train).unfreezeEvery();
        if (step >= steps) {
            throw tooLate("unfreeze: the second block starts", "gradually:", step, steps);
        }
    }

    private static StageProblem tooLate(String what, String word, int step, int steps) {
        return StageProblem.invalid(String.format(
                Locale.ROOT,
                "train: %s after %,d steps, but with this data the training has %,d steps; make `%s` shorter, or set more epochs",
                what,
                step,
                steps,
                word));
    }

    /** The largest LoRA rank that a search may choose; 0 = only the file's own rank. */
    public int largestRank() {
        return setup.largestRank();
    }

    /** Optimizer steps per epoch; the last step may be smaller. */
    public int stepsPerEpoch(EpochSize epoch) {
        return TrainingPlan.stepsFor(
                1,
                epoch.examples() + epoch.replayed(retention(train).replay()),
                train.batch().size(),
                train.batch().accumulate());
    }

    /** The frozen layers. */
    public static Set<Integer> frozen(@Nullable FreezeSpec freeze) {
        return freeze == null
                ? Set.of()
                : IntStream.rangeClosed(freeze.first(), freeze.last()).boxed().collect(Collectors.toSet());
    }

    /** The precision of a setup on this machine. */
    public static ComputePrecision precision(SetupSpec setup) {
        return precision(setup.precision());
    }

    /** The engine's precision for one of the language, on this machine. */
    public static ComputePrecision precision(dev.septet.dsl.pipeline.Precision precision) {
        return switch (precision) {
            case FLOAT32 -> ComputePrecision.FLOAT32;
            case BF16 -> ComputePrecision.BF16.orSupported();
        };
    }

    /**
     * The engine's method.
     *
     * @param rank replaces the file's LoRA rank at the same scaling, so that a search over ranks
     *     compares capacity, not step size; 0 = the file's own
     */
    public static Method method(MethodSpec method, int rank) {
        return EngineMethods.of(method, rank);
    }

    /** Whether a training ends in an adapter, not in a whole model. */
    public static boolean makesAdapter(MethodSpec method) {
        return method(method, 0).adapterConfig("base").isPresent();
    }

    private static OptimizerConfig optimizer(OptimizerSpec optimizer) {
        if (optimizer instanceof AdamwSpec adamw) {
            return new AdamW(adamw.beta1(), adamw.beta2(), adamw.epsilon(), adamw.weightDecay());
        }
        if (optimizer instanceof SgdSpec sgd) {
            return new Sgd(sgd.momentum(), sgd.weightDecay());
        }
        throw StageProblem.invalid("this worker cannot train with optimizer %s; it knows adamw and sgd"
                .formatted(optimizer.getClass().getSimpleName()));
    }

    private static LearningRate rate(LearningRateSpec configured, double peak) {
        LearningRate.Shape shape = switch (configured.shape()) {
            case CONSTANT -> LearningRate.Shape.CONSTANT;
            case LINEAR -> LearningRate.Shape.LINEAR;
            case COSINE -> LearningRate.Shape.COSINE;
        };
        return new LearningRate(shape, peak, configured.warmup());
    }
}
