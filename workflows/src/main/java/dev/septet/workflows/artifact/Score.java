package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One metric on the held-out rows, for the base model and the tuned model.
 *
 * @param before the base model's score, null when it was not requested
 * @param low lower end of the 95 % confidence interval of after - before, paired per row
 * @param high upper end of the same interval
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
    /** From this size on, more digits before the point are not useful. */
    private static final double LARGE = 1e6;

    /** A score as text: four decimals, or the magnitude when it diverged. */
    public static String figures(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < LARGE ? "%.4f" : "%.3e", value);
    }
}
