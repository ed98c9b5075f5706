package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One metric on the held-out rows, base model against tuned model.
 *
 * @param before the base model's score, null when it was not asked for
 * @param low lower end of the 95 % confidence interval of after - before, per row and paired
 * @param high upper end of the same
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Score(
        String metric,
        @Nullable Double before,
        double after,
        @Nullable Double low,
        @Nullable Double high,
        long rows,
        Verdict verdict,
        String why) {
    /** From here on digits before the point say nothing but their number. */
    private static final double LARGE = 1e6;

    /** A score in figures: four decimals, and of what diverged its magnitude. */
    public static String figures(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < LARGE ? "%.4f" : "%.3e", value);
    }
}
