package dev.septet.activities.evaluate.gate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;

/** Checks before training whether the gate will have enough rows to pass any model. */
public final class EnoughRows {
    private EnoughRows() {}

    /**
     * Checks the size of a test split against the bounds of a pipeline file.
     *
     * @param testRows number of rows of the test split
     * @throws StageProblem when there are bounds, but so few rows that no model could pass
     */
    public static void require(EvaluateSpec spec, long testRows) {
        long rows = spec.limit() == 0 ? testRows : Math.min(spec.limit(), testRows);
        if (!bounds(spec) || rows >= Bound.MINIMUM_ROWS) {
            return;
        }
        throw StageProblem.invalid(
                "evaluate: at least %d test rows are needed to decide, and there %s, so no model could pass; %s"
                        .formatted(
                                Bound.MINIMUM_ROWS,
                                rows == 1 ? "is 1" : "are " + rows,
                                rows < testRows
                                        ? "raise `limit`"
                                        : "give `test:` of `split` in prepare a larger share, or"
                                                + " prepare more rows"));
    }

    /** Whether the file sets any bound for the test split. */
    private static boolean bounds(EvaluateSpec spec) {
        return spec.compare() != null
                || spec.champion() != null
                || spec.metrics().stream().anyMatch(metric -> metric.above() != null || metric.below() != null)
                || spec.scores().stream().anyMatch(score -> score.above() != null || score.below() != null);
    }
}
