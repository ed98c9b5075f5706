package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.ExpressionSpec;
import org.jspecify.annotations.Nullable;

/**
 * A custom metric of the file: the mean of an expression over the test rows.
 *
 * @param name its name in reports; letters, digits, {@code -}, at most 64 characters
 * @param above the mean must be above this; null = no lower bound
 * @param below the mean must be below this; null = no upper bound
 * @param expression a number, or true (1) or false (0), computed from {@code row.prompt}, {@code row.answer} (the
 *     model's) and {@code row.expected} (the data's)
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScoreSpec(
        String name, @Nullable Double above, @Nullable Double below, ExpressionSpec expression) {
    public ScoreSpec {
        require(
                name.matches("[A-Za-z][A-Za-z0-9-]{0,63}"),
                "a score's name has letters, digits and '-', at most 64 of them, got '%s'",
                name);
        require(!MetricSpec.KNOWN.contains(name), "%s is already the name of a metric", name);
        require(above == null || below == null || above < below, "above: of a score must be smaller than its below:");
    }

    /** Whether a smaller score is better: true when the score has an upper bound only. */
    public boolean lowerIsBetter() {
        return above == null && below != null;
    }
}
