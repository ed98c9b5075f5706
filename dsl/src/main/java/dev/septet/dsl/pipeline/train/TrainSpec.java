package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import dev.septet.dsl.pipeline.backend.BackEndSpec;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fine-tuning stage of a pipeline file.
 *
 * @param steps the total number of optimizer steps; null = as many as the epochs need
 * @param clip largest global gradient norm; 0 = no clipping
 * @param validateEvery optimizer steps between two evaluations of the validation split
 * @param onNonFinite what happens when the loss is NaN or infinite
 * @param preserve how earlier skills are preserved; null = not at all
 * @param objective the training objective; null = answers are learned, and all of plain text
 * @param by what trains the model; null = Septet's own engine
 * @param onWarning what happens after a warning about the training; null = it is reported
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainSpec(
        MethodSpec method,
        int epochs,
        @Nullable Integer steps,
        BatchSpec batch,
        OptimizerSpec optimizer,
        LearningRateSpec learningRate,
        double clip,
        CheckpointSpec checkpoint,
        int validateEvery,
        @Nullable StopSpec stop,
        OnNonFinite onNonFinite,
        @Nullable PreserveSpec preserve,
        @Nullable ObjectiveSpec objective,
        @Nullable BackEndSpec by,
        @Nullable OnWarningSpec onWarning,
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_EPOCHS = 1;
    public static final double DEFAULT_CLIP = 1.0;
    public static final int DEFAULT_VALIDATE_EVERY = 100;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofDays(2));
    public static final int MOST_EPOCHS = 100_000;

    /** Also limits the product of epochs and steps per epoch. */
    public static final int MOST_STEPS = 100_000_000;

    /** A training by Septet's own engine, whose warnings are only reported. */
    public TrainSpec(
            MethodSpec method,
            int epochs,
            @Nullable Integer steps,
            BatchSpec batch,
            OptimizerSpec optimizer,
            LearningRateSpec learningRate,
            double clip,
            CheckpointSpec checkpoint,
            int validateEvery,
            @Nullable StopSpec stop,
            OnNonFinite onNonFinite,
            @Nullable PreserveSpec preserve,
            @Nullable ObjectiveSpec objective,
            StagePolicy policy) {
        this(
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
                preserve,
                objective,
                null,
                null,
                policy);
    }

    public TrainSpec {
        require(epochs >= 1, "epochs must be at least 1, got %s", epochs);
        require(epochs <= MOST_EPOCHS, "epochs must be at most %s, got %s", MOST_EPOCHS, epochs);
        require(steps == null || steps >= 1, "steps must be at least 1, got %s", steps);
        require(steps == null || steps <= MOST_STEPS, "steps must be at most %s, got %s", MOST_STEPS, steps);
        require(clip >= 0, "clip must be at least 0, got %s", clip);
        require(validateEvery >= 1, "validate every: must be at least 1.steps");
    }

    /**
     * Why {@code stop} cannot end a training early; empty when it can, or when the file has none. After the first
     * evaluation, {@code patience} more evaluations without a better loss must fit before the last step.
     *
     * @param total optimizer steps of the whole training
     */
    public Optional<String> patienceBeyond(int total) {
        if (stop == null) {
            return Optional.empty();
        }
        int before = (total - 1) / validateEvery;
        if (before > stop.patience()) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "`stop patience: %d` cannot end the training early: it needs %d evaluations before the last step, but %d steps with one every %d have %d",
                stop.patience(),
                (long) stop.patience() + 1,
                total,
                validateEvery,
                before));
    }

    /** Reactions to a loss that is NaN or infinite. */
    public enum OnNonFinite {
        /** Goes back to the last checkpoint once and skips the batch. The second time, training stops. */
        ROLL_BACK,
        /** Fails the run; the last checkpoint is kept. */
        STOP
    }
}
