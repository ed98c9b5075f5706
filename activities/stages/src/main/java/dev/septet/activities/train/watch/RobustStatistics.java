package dev.septet.activities.train.watch;

import java.util.Arrays;

/** Statistics that a few outliers do not change. All results depend on the values and their order only. */
final class RobustStatistics {
    /** The median absolute deviation of normally distributed values is this share of their standard deviation. */
    private static final double NORMAL = 0.6745;

    private RobustStatistics() {}

    /** The median; NaN without values. */
    static double median(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Median absolute deviation from a center. */
    static double deviation(double[] values, double center) {
        return median(
                Arrays.stream(values).map(value -> Math.abs(value - center)).toArray());
    }

    /**
     * The modified z-score of a value: 0.6745 (x - median) / MAD (Iglewicz and Hoaglin, 1993).
     *
     * @param least smallest deviation to divide by
     */
    static double score(double value, double[] values, double least) {
        double center = median(values);
        return NORMAL * (value - center) / Math.max(least, deviation(values, center));
    }

    /** The Theil-Sen slope: the median of the slopes of all pairs of points (Sen, 1968). */
    static double slope(double[] x, double[] y) {
        int n = y.length;
        double[] slopes = new double[n * (n - 1) / 2];
        int next = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[next++] = (y[j] - y[i]) / (x[j] - x[i]);
            }
        }
        return median(slopes);
    }

    /** The Mann-Kendall trend as a standard score: negative for falling values (Kendall, 1975). */
    static double trend(double[] values) {
        int n = values.length;
        int sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                sum += Double.compare(values[j], values[i]);
            }
        }
        double sigma = Math.sqrt(n * (n - 1.0) * (2.0 * n + 5) / 18);
        return sum == 0 ? 0 : (sum - Math.signum(sum)) / sigma;
    }

    /** Means of equal blocks of values; the first block takes what remains. */
    static double[] blocks(double[] values, int count) {
        int size = values.length / count;
        double[] means = new double[count];
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = values.length - (count - 1 - i) * size;
            means[i] = Arrays.stream(values, from, to).average().orElse(Double.NaN);
            from = to;
        }
        return means;
    }

    /**
     * The values minus the closest sequence that never rises (least squares, by pooling adjacent violators; Barlow and
     * others, 1972). A loss that falls in whatever shape leaves only its noise.
     */
    static double[] withoutFall(double[] values) {
        double[] means = new double[values.length];
        int[] sizes = new int[values.length];
        int blocks = 0;
        for (double value : values) {
            means[blocks] = value;
            sizes[blocks] = 1;
            blocks++;
            while (blocks > 1 && means[blocks - 2] < means[blocks - 1]) {
                int size = sizes[blocks - 2] + sizes[blocks - 1];
                means[blocks - 2] =
                        (means[blocks - 2] * sizes[blocks - 2] + means[blocks - 1] * sizes[blocks - 1]) / size;
                sizes[blocks - 2] = size;
                blocks--;
            }
        }
        double[] rest = new double[values.length];
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < sizes[block]; i++, at++) {
                rest[at] = values[at] - means[block];
            }
        }
        return rest;
    }

    /** Pearson's correlation; 0 when one side is constant. */
    static double correlation(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElse(0);
        double meanY = Arrays.stream(y).average().orElse(0);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xx == 0 || yy == 0 ? 0 : xy / Math.sqrt(xx * yy);
    }
}
