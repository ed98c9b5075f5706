package dev.septet.examples.benchmarks.preserve;

import java.util.List;
import java.util.Locale;

/**
 * A mean with its 95 % confidence interval by Student's t, mean +- t s / sqrt(n), of one value per
 * seed.
 *
 * @see <a href="https://doi.org/10.1093/biomet/6.1.1">Student, 1908</a>
 */
record ConfidenceInterval(double mean, double low, double high) {
    /** 97.5 % points of Student's t by degrees of freedom, from 1. */
    private static final double[] T = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306};

    /**
     * @param values two to nine values
     */
    static ConfidenceInterval of(List<Double> values) {
        int count = values.size();
        if (count < 2 || count > T.length + 1) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "an interval takes two to %d seeds, got %d", T.length + 1, count));
        }
        double mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        double half = T[count - 2] * Math.sqrt(squares / (count - 1) / count);
        return new ConfidenceInterval(mean, mean - half, mean + half);
    }
}
