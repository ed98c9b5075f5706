package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tuned model with another model on the same rows, metric by metric.
 *
 * @param tolerance how much worse a metric may be, as a fraction of the other model's score: 0.01 = one percent
 * @param minGain by how much more than this fraction of the other model's score a metric must be better; null when it
 *     need not be better
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CompareSpec(double tolerance, @Nullable Double minGain) {
    public static final double DEFAULT_TOLERANCE = 0.0;

    public CompareSpec {
        require(tolerance >= 0 && tolerance <= 1, "tolerance: must be from 0 to 100.percent");
        require(minGain == null || (minGain >= 0 && minGain <= 1), "minGain: must be from 0 to 100.percent");
        require(
                minGain == null || tolerance == DEFAULT_TOLERANCE,
                "tolerance: lets a metric be worse, but minGain: requires a better one; remove one of them");
    }

    /** Without a required gain. */
    public CompareSpec(double tolerance) {
        this(tolerance, null);
    }

    /** The smallest accepted gain, as a fraction of the other model's score; negative where it may be worse. */
    public double leastGain() {
        return minGain == null ? -tolerance : minGain;
    }
}
