package dev.septet.activities.evaluate.gate;

import dev.septet.workflows.artifact.Verdict;

/**
 * The rule that all of the gate's checks share. A value and its 95 % interval meet a bound:
 *
 * <ul>
 *   <li>the value itself misses the bound: NO_GO, however wide the interval;
 *   <li>the value holds, and the whole interval with it: GO;
 *   <li>the value holds, but part of its interval does not: INCONCLUSIVE, for other rows of the
 *       same kind could as well have missed it. The way out is more rows or a clearer gain;
 *   <li>the value holds on fewer than {@value #MINIMUM_ROWS} rows: INCONCLUSIVE, for a bootstrap of
 *       so few rows knows nothing of the rows it has not seen;
 *   <li>anything is NaN: NO_GO. A missing number is never a yes.
 * </ul>
 */
public final class Bound {
    static final int MINIMUM_ROWS = 8;

    private Bound() {}

    /**
     * Holds a value to a lower bound; for an upper bound, negate everything.
     *
     * @param strict whether the bound itself is a miss
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
