package dev.septet.activities.evaluate.judge;

import java.util.Arrays;
import java.util.List;

/** Agreement of raters beyond chance: 1 for equal verdicts, 0 for as much as by chance. NaN where it is not defined. */
public final class RaterAgreement {
    private RaterAgreement() {}

    /**
     * Cohen's kappa of two raters: 1 - sum(w o) / sum(w e), with the observed counts o and those expected by chance e of each
     * pair of verdicts. The weight w of a pair is 1 where the verdicts differ, or the square of their distance.
     *
     * @param one verdicts, from 0 to 1; a NaN leaves the item out
     * @param weighted whether the weights are squares of distances
     * @see <a href="https://doi.org/10.1177/001316446002000104">Cohen, 1960</a>
     */
    public static double kappa(double[] one, double[] other, boolean weighted) {
        double[] values = values(List.of(one, other));
        double[][] counts = new double[values.length][values.length];
        double[] rows = new double[values.length];
        double[] columns = new double[values.length];
        double all = 0;
        for (int item = 0; item < one.length; item++) {
            if (!Double.isNaN(one[item]) && !Double.isNaN(other[item])) {
                int row = Arrays.binarySearch(values, one[item]);
                int column = Arrays.binarySearch(values, other[item]);
                counts[row][column]++;
                rows[row]++;
                columns[column]++;
                all++;
            }
        }
        double observed = 0;
        double expected = 0;
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < values.length; column++) {
                double weight = row == column ? 0 : weighted ? square(values[row] - values[column]) : 1;
                observed += weight * counts[row][column];
                expected += weight * rows[row] * columns[column] / all;
            }
        }
        return expected == 0 ? Double.NaN : 1 - observed / expected;
    }

    /**
     * Krippendorff's alpha of any number of raters: 1 - Do / De over the coincidences of verdicts on the same item. An item
     * with fewer than two verdicts does not count. The distance of two verdicts is nominal or ordinal.
     *
     * @param raters the verdicts of each rater, NaN for none
     * @see <a href="https://repository.upenn.edu/handle/20.500.14332/2089">Krippendorff, 2011</a>
     */
    public static double alpha(List<double[]> raters, boolean ordinal) {
        double[] values = values(raters);
        double[][] coincidences = new double[values.length][values.length];
        for (int item = 0; item < raters.get(0).length; item++) {
            double[] counts = new double[values.length];
            double all = 0;
            for (double[] rater : raters) {
                if (!Double.isNaN(rater[item])) {
                    counts[Arrays.binarySearch(values, rater[item])]++;
                    all++;
                }
            }
            if (all >= 2) {
                for (int one = 0; one < values.length; one++) {
                    for (int other = 0; other < values.length; other++) {
                        coincidences[one][other] += counts[one] * (counts[other] - (one == other ? 1 : 0)) / (all - 1);
                    }
                }
            }
        }
        double[] totals = Arrays.stream(coincidences)
                .mapToDouble(row -> Arrays.stream(row).sum())
                .toArray();
        double n = Arrays.stream(totals).sum();
        double observed = 0;
        double expected = 0;
        for (int one = 0; one < values.length; one++) {
            for (int other = 0; other < values.length; other++) {
                double distance = one == other ? 0 : ordinal ? ordinal(totals, one, other) : 1;
                observed += distance * coincidences[one][other];
                expected += distance * totals[one] * totals[other] / (n - 1);
            }
        }
        return expected == 0 || n <= 1 ? Double.NaN : 1 - observed / expected;
    }

    /** Square of the number of verdicts between two, each end counted half. */
    private static double ordinal(double[] totals, int one, int other) {
        double between = -(totals[one] + totals[other]) / 2;
        for (int at = Math.min(one, other); at <= Math.max(one, other); at++) {
            between += totals[at];
        }
        return square(between);
    }

    private static double[] values(List<double[]> raters) {
        return raters.stream()
                .flatMapToDouble(Arrays::stream)
                .filter(value -> !Double.isNaN(value))
                .distinct()
                .sorted()
                .toArray();
    }

    private static double square(double value) {
        return value * value;
    }
}
