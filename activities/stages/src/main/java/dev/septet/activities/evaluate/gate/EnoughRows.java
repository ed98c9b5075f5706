package dev.septet.activities.evaluate.gate;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.evaluate.EvaluateSpec;
import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import java.util.Locale;

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
        throw StageProblem.invalid(String.format(
                Locale.ROOT,
                "evaluate: at least %d test rows are needed to decide, and there %s, so no model could pass; %s",
                Bound.MINIMUM_ROWS,
                rows == 1 ? "is 1" : "are " + rows,
                rows < testRows
                        ? "raise `limit`"
                        : "give `test:` of `split` in prepare a larger share, or" + " prepare more rows"));
    }

    /**
     * Checks the size of a named set against its bounds.
     *
     * @param spec what is measured on this set
     * @throws StageProblem when there are bounds, but so few rows that no model could pass
     */
    public static void requireSet(TestSetSpec set, EvaluateSpec spec, long rows) {
        if (bounds(spec) && rows < Bound.MINIMUM_ROWS) {
            throw StageProblem.invalid(String.format(
                    Locale.ROOT,
                    "evaluate: test '%s' has %d %s, but at least %d are needed to decide, so no model could pass; add rows to '%s', or remove its bounds",
                    set.name(),
                    rows,
                    rows == 1 ? "row" : "rows",
                    Bound.MINIMUM_ROWS,
                    set.path()));
        }
    }

    /** Whether the spec sets any bound for its rows. */
    private static boolean bounds(EvaluateSpec spec) {
        return spec.compare() != null
                || spec.champion() != null
                || !spec.retrieval().isEmpty()
                || spec.metrics().stream().anyMatch(metric -> metric.above() != null || metric.below() != null)
                || spec.scores().stream().anyMatch(score -> score.above() != null || score.below() != null)
                || spec.slices().stream().anyMatch(slice -> slice.maxGap() != null);
    }
}
