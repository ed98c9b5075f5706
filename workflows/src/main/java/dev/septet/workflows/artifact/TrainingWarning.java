package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Kind;
import dev.septet.dsl.pipeline.train.OnWarningSpec.Reaction;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A warning about a training. It is computed from the training's ledger, and contains numbers and names of the model's
 * layers only.
 *
 * @param step the step after which it was given, counted from 0
 * @param message one sentence with the numbers
 * @param reaction what the training did; null = nothing, it was reported
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainingWarning(
        Kind kind, int step, String message, @Nullable Reaction reaction) {
    /** The kind and the step, such as {@code overfitting at step 200}. */
    public String headline() {
        return String.format(Locale.ROOT, "%s at step %d", kind.words(), step);
    }

    /** The whole warning on one line, with what the training did. */
    public String line() {
        String did = reaction == Reaction.STOP
                ? "; the training ended"
                : reaction == Reaction.LOWER_RATE ? "; the learning rate was halved" : "";
        return "%s: %s%s".formatted(headline(), message, did);
    }

    /** The headlines of warnings, such as {@code 2 warnings: loss spike at step 3, overfitting at step 200}. */
    public static String headlines(List<TrainingWarning> warnings) {
        return String.format(Locale.ROOT, "%d warning%s: ", warnings.size(), warnings.size() == 1 ? "" : "s")
                .concat(warnings.stream().map(TrainingWarning::headline).collect(Collectors.joining(", ")));
    }
}
