package dev.septet.activities.monitor.sample;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Values of one feature, sorted. NaN values are left out. */
public final class NumericSample implements FeatureSample {
    private final double[] sorted;

    private NumericSample(double[] sorted) {
        this.sorted = sorted;
    }

    public static NumericSample of(double... values) {
        return new NumericSample(Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray());
    }

    /** The sample, which is one of numbers. */
    public static NumericSample in(FeatureSample sample) {
        if (sample instanceof NumericSample numbers) {
            return numbers;
        }
        throw new IllegalArgumentException("no numbers");
    }

    @Override
    public long size() {
        return sorted.length;
    }

    /** A copy. */
    public double[] values() {
        return sorted.clone();
    }

    public DoubleStream stream() {
        return Arrays.stream(sorted);
    }

    public double mean() {
        return stream().average().orElse(Double.NaN);
    }

    /** The order statistic below which a share of the values lies (Hyndman and Fan's type 1). */
    public double quantile(double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    /** How many values are at most this. */
    public int atMost(double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
