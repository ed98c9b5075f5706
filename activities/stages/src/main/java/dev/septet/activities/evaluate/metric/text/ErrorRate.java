package dev.septet.activities.evaluate.metric.text;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;

/**
 * The smallest number of substituted, missing and extra units that turn the reference into the answer (Levenshtein
 * distance), divided by the number of units of the reference, over all rows together. It is 0 for equal texts and may
 * exceed 1. Where no reference has a unit, it is the number of extra units.
 *
 * <p>A row's tally: errors, units of the reference.
 */
abstract class ErrorRate implements Metric {
    @Override
    public final boolean lowerIsBetter() {
        return true;
    }

    @Override
    public final boolean readsAnswer() {
        return true;
    }

    @Override
    public final double[] tally(Outcome outcome) {
        String answer = outcome.answer();
        List<String> expected = units(outcome.reference());
        return new double[] {answer == null ? Double.NaN : errors(expected, units(answer)), expected.size()};
    }

    @Override
    public final double score(double[] sums) {
        return sums[0] / Math.max(1, sums[1]);
    }

    abstract List<String> units(String text);

    /** Levenshtein distance; keeps one row of the table at a time. */
    private static int errors(List<String> expected, List<String> found) {
        int[] least = new int[found.size() + 1];
        for (int at = 0; at < least.length; at++) {
            least[at] = at;
        }
        for (int row = 1; row <= expected.size(); row++) {
            int diagonal = least[0];
            least[0] = row;
            for (int at = 1; at < least.length; at++) {
                int substituted = diagonal + (expected.get(row - 1).equals(found.get(at - 1)) ? 0 : 1);
                diagonal = least[at];
                least[at] = Math.min(substituted, 1 + Math.min(least[at], least[at - 1]));
            }
        }
        return least[found.size()];
    }
}
