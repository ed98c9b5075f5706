package dev.septet.activities.evaluate.gate;

import dev.septet.dsl.pipeline.evaluate.TestSetSpec;
import dev.septet.workflows.artifact.Verdict;

/**
 * The common rule of the gate's checks. It compares a value and its 95 % interval with a bound:
 *
 * <ul>
 *   <li>the value misses the bound: NO_GO, however wide the interval;
 *   <li>the value and its whole interval meet the bound: GO;
 *   <li>the value meets the bound, but part of its interval does not: INCONCLUSIVE, because other
 *       rows of the same kind could have missed it. More rows or a clearer gain would decide;
 *   <li>the value meets the bound on fewer than {@link TestSetSpec#MINIMUM_ROWS} rows: INCONCLUSIVE, because
 *       a bootstrap of so few rows says nothing about other rows;
 *   <li>anything is NaN: NO_GO. A missing number never passes.
 * </ul>
 */
public final class Bound {
    static final int MINIMUM_ROWS = TestSetSpec.MINIMUM_ROWS;

    private Bound() {}

    /**
     * Compares a value with a lower bound; for an upper bound, negate everything.
     *
     * @param strict whether a value equal to the bound misses it
     */
    static Verdict least(double value, Interval interval, double bound, boolean strict, int rows) {
        if (Double.isNaN(value) || Double.isNaN(bound) || Double.isNaN(interval.low())) {
            return Verdict.NO_GO;
        }
        if (!holds(value, bound, strict)) {
            return Verdict.NO_GO;
        }
        return rows >= MINIMUM_ROWS && holds(interval.low(), bound, strict) ? Verdict.GO : Verdict.INCONCLUSIVE;
    }

    private static boolean holds(double value, double bound, boolean strict) {
        return strict ? value > bound : value >= bound;
    }
}
