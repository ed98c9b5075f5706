package dev.septet.activities.monitor;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.DoubleStream;

/** Values of one feature, sorted. NaN values are left out. */
final class Numbers implements Sample {
    private final double[] sorted;

    private Numbers(double[] sorted) {
        this.sorted = sorted;
    }

    static Numbers of(double... values) {
        return new Numbers(
                Arrays.stream(values).filter(value -> !Double.isNaN(value)).sorted().toArray());
    }

    static Numbers of(Collection<Double> values) {
        return of(values.stream().mapToDouble(value -> value).toArray());
    }

    /** The sample, which is one of numbers. */
    static Numbers in(Sample sample) {
        if (sample instanceof Numbers numbers) {
            return numbers;
        }
        throw new IllegalArgumentException("no numbers");
    }

    @Override
    public long size() {
        return sorted.length;
    }

    /** A copy. */
    double[] values() {
        return sorted.clone();
    }

    DoubleStream stream() {
        return Arrays.stream(sorted);
    }

    double mean() {
        return stream().average().orElse(Double.NaN);
    }

    /** The order statistic below which a share of the values lies (Hyndman and Fan's type 1). */
    double quantile(double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    /** How many values are at most this. */
    int atMost(double value) {
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
