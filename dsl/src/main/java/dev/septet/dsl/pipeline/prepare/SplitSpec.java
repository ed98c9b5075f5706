package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

/** The shares of the rows, in percent; their sum is 100. */
public record SplitSpec(double train, double validation, double test) {
    public static final SplitSpec DEFAULT = new SplitSpec(90, 5, 5);

    public SplitSpec {
        require(train > 0, "split train: must be above 0.percent");
        require(validation >= 0 && test >= 0, "split shares cannot be negative");
        require(
                Math.abs(train + validation + test - 100) < 1e-9,
                "split shares must sum to 100.percent, got %s",
                train + validation + test);
    }
}
