package dev.septet.activities.monitor.detector;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Chances of several detectors at one look, corrected for their number: if all those below a level
 * count, the chance that any of them is a false alarm is at most that level, however they depend on
 * each other.
 *
 * @see <a href="https://www.jstor.org/stable/4615733">Holm, 1979</a>
 */
public final class Holm {
    private Holm() {}

    /** In the order given. NaN (nothing was said) stays and counts for nothing. */
    public static double[] corrected(double... chances) {
        double[] corrected = new double[chances.length];
        Arrays.fill(corrected, Double.NaN);
        int[] ascending = IntStream.range(0, chances.length)
                .filter(at -> !Double.isNaN(chances[at]))
                .boxed()
                .sorted(Comparator.comparingDouble(at -> chances[at]))
                .mapToInt(Integer::intValue)
                .toArray();
        double largest = 0;
        for (int rank = 0; rank < ascending.length; rank++) {
            double raised = (ascending.length - rank) * chances[ascending[rank]];
            largest = Math.max(largest, Math.min(1, raised));
            corrected[ascending[rank]] = largest;
        }
        return corrected;
    }
}
