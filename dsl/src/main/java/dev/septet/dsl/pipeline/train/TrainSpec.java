package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.StagePolicy;
import dev.septet.dsl.pipeline.StageSpec;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the file says about fine-tuning.
 *
 * @param steps optimizer steps in all; null = as many as the epochs need
 * @param clip largest global gradient norm; 0 = no clipping
 * @param validateEvery optimizer steps between two looks at the validation split
 * @param onNonFinite what happens when the loss is NaN or infinite
 * @param preserve what keeps earlier skills; null = nothing does
 * @param objective what becomes better; null = answers become likelier, and all of plain text
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
        StagePolicy policy)
        implements StageSpec {
    public static final int DEFAULT_EPOCHS = 1;
    public static final double DEFAULT_CLIP = 1.0;
    public static final int DEFAULT_VALIDATE_EVERY = 100;
    public static final StagePolicy DEFAULT_POLICY = StagePolicy.within(Duration.ofDays(2));
    public static final int MOST_EPOCHS = 100_000;

    /** Also of epochs times the steps of one. */
    public static final int MOST_STEPS = 100_000_000;

    public TrainSpec {
        require(epochs >= 1, "epochs must be at least 1, got %s", epochs);
        require(epochs <= MOST_EPOCHS, "epochs must be at most %s, got %s", MOST_EPOCHS, epochs);
        require(steps == null || steps >= 1, "steps must be at least 1, got %s", steps);
        require(steps == null || steps <= MOST_STEPS, "steps must be at most %s, got %s", MOST_STEPS, steps);
        require(clip >= 0, "clip must be at least 0, got %s", clip);
        require(validateEvery >= 1, "validate every: must be at least 1.steps");
    }

    /**
     * Why `stop` cannot end a training early; empty when it can, or when the file has none. After
     * the first evaluation, {@code patience} more must bring no better loss, all of them before the
     * last step.
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
        return Optional.of(
                "`stop patience: %d` cannot end the training early: it needs %d evaluations before the last step, but %d steps with one every %d have %d"
                        .formatted(stop.patience(), (long) stop.patience() + 1, total, validateEvery, before));
    }

    /** Answers of the watchdog to a loss that is no number. */
    public enum OnNonFinite {
        /** Go back to the last checkpoint once and skip the batch; the second time, stop. */
        ROLL_BACK,
        /** Fail the run; the last checkpoint stays. */
        STOP
    }
}
