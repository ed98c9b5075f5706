package dev.septet.activities.evaluate.gate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Corrects the p-values of several tests for their number (Holm-Bonferroni). If all corrected p-values below a level count,
 * the probability of any false positive is at most that level, whatever the dependence of the tests.
 *
 * @see <a href="https://www.jstor.org/stable/4615733">Holm, 1979</a>
 */
public final class Holm {
    private Holm() {}

    /**
     * The corrected p-values in the given order. NaN (no test) stays NaN and is not counted.
     */
    public static double[] corrected(double... pValues) {
        double[] corrected = new double[pValues.length];
        Arrays.fill(corrected, Double.NaN);
        int[] ascending = IntStream.range(0, pValues.length)
                .filter(at -> !Double.isNaN(pValues[at]))
                .boxed()
                .sorted(Comparator.comparingDouble(at -> pValues[at]))
                .mapToInt(Integer::intValue)
                .toArray();
        double largest = 0;
        for (int rank = 0; rank < ascending.length; rank++) {
            double raised = (ascending.length - rank) * pValues[ascending[rank]];
            largest = Math.max(largest, Math.min(1, raised));
            corrected[ascending[rank]] = largest;
        }
        return corrected;
    }
}
