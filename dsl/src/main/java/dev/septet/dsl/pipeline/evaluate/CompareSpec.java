package dev.septet.dsl.pipeline.evaluate;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * Compares the tuned model with another model on the same rows, metric by metric.
 *
 * @param tolerance how much worse a metric may be, as a fraction of the other model's score: 0.01 = one percent
 */
public record CompareSpec(double tolerance) {
    public static final double DEFAULT_TOLERANCE = 0.0;

    public CompareSpec {
        require(tolerance >= 0 && tolerance <= 1, "tolerance: must be from 0 to 100.percent");
    }
}
