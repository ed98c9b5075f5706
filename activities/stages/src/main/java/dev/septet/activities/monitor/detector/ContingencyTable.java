package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.Counts;
import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.NumericSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/**
 * Two samples counted over the same bins: categories, or bins that each hold a tenth of the
 * baseline's numbers. When many rows share a value, the number of bins is not ten.
 *
 * @param baseline count of each bin
 * @param window count of each bin
 */
record ContingencyTable(List<Long> baseline, List<Long> window) {
    private static final int BINS = 10;

    /** Minimum expected count of a bin for the chi-squared approximation (Cochran, 1954). */
    private static final double MIN_EXPECTED = 5;

    static ContingencyTable of(FeatureSample baseline, FeatureSample window) {
        if (baseline instanceof NumericSample trained && window instanceof NumericSample observed) {
            double[] edges = edges(trained);
            return new ContingencyTable(counts(trained, edges), counts(observed, edges));
        }
        if (baseline instanceof Counts trained && window instanceof Counts observed) {
            TreeSet<String> all = new TreeSet<>(trained.of().keySet());
            all.addAll(observed.of().keySet());
            return new ContingencyTable(
                    all.stream().map(bin -> trained.of().getOrDefault(bin, 0L)).toList(),
                    all.stream().map(bin -> observed.of().getOrDefault(bin, 0L)).toList());
        }
        throw new IllegalArgumentException("baseline and window must both be numbers or both be categories");
    }

    int bins() {
        return baseline.size();
    }

    long baselineTotal() {
        return baseline.stream().mapToLong(Long::longValue).sum();
    }

    long windowTotal() {
        return window.stream().mapToLong(Long::longValue).sum();
    }

    /** The counts as two rows, for chi-squared tests. */
    long[][] rows() {
        return new long[][] {
            baseline.stream().mapToLong(Long::longValue).toArray(),
            window.stream().mapToLong(Long::longValue).toArray()
        };
    }

    /**
     * This table with the rarest bins merged, one after the other, until the expected count of each
     * bin is at least five in both samples. The result may have a single bin.
     */
    ContingencyTable pooled() {
        List<long[]> bins = new ArrayList<>();
        for (int bin = 0; bin < bins(); bin++) {
            bins.add(new long[] {baseline.get(bin), window.get(bin)});
        }
        long min = Math.min(baselineTotal(), windowTotal());
        double all = baselineTotal() + windowTotal();
        Comparator<long[]> rarest = Comparator.comparingLong(bin -> bin[0] + bin[1]);
        bins.sort(rarest);
        while (bins.size() > 1 && (bins.get(0)[0] + bins.get(0)[1]) * min / all < MIN_EXPECTED) {
            long[] one = bins.remove(0);
            long[] other = bins.remove(0);
            bins.add(new long[] {one[0] + other[0], one[1] + other[1]});
            bins.sort(rarest);
        }
        return new ContingencyTable(
                bins.stream().map(bin -> bin[0]).toList(),
                bins.stream().map(bin -> bin[1]).toList());
    }

    /**
     * Inner edges; each is the last value of its bin. When at least a tenth of the baseline has its
     * smallest value, values below it get a separate bin, which is empty in the baseline.
     */
    private static double[] edges(NumericSample baseline) {
        DoubleStream.Builder edges = DoubleStream.builder();
        double smallest = baseline.quantile(0);
        if (baseline.quantile(1.0 / BINS) == smallest) {
            edges.add(Math.nextDown(smallest));
        }
        for (int bin = 1; bin < BINS; bin++) {
            edges.add(baseline.quantile((double) bin / BINS));
        }
        return edges.build().distinct().toArray();
    }

    private static List<Long> counts(NumericSample sample, double[] edges) {
        List<Long> counts = new ArrayList<>();
        long below = 0;
        for (int bin = 0; bin <= edges.length; bin++) {
            long upTo = bin < edges.length ? sample.atMost(edges[bin]) : sample.size();
            counts.add(upTo - below);
            below = upTo;
        }
        return counts;
    }
}
