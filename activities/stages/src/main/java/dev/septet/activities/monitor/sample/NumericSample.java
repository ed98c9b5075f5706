package dev.septet.activities.monitor.sample;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Values of one numeric feature, sorted, without NaN values. */
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

    /** Casts the sample to numbers. */
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

    /** A copy of the values. */
    public double[] values() {
        return sorted.clone();
    }

    public DoubleStream stream() {
        return Arrays.stream(sorted);
    }

    public double mean() {
        return stream().average().orElse(Double.NaN);
    }

    /** The quantile at a fraction of the values (Hyndman and Fan's type 1). */
    public double quantile(double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    /** Number of values that are at most {@code value}. */
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
