package dev.septet.activities.monitor;

import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

import java.util.stream.DoubleStream;

/**
 * Population stability index, over bins that hold a tenth of the baseline each:
 *
 * <pre>PSI = sum over bins of (q - p) ln(q / p)</pre>
 *
 * with p the bin's share of the baseline and q its share of the window, each smoothed by half a row
 * per bin, {@code (count + 1/2) / (n + bins/2)}, so that an empty bin is not infinite. Values that
 * many rows share make other than ten bins. By custom, under 0.1 is stable and above 0.2 (some say
 * 0.25) is drift.
 *
 * <p>Chance: without drift, PSI / (1/n + 1/m) is about chi-squared with bins - 1 degrees of
 * freedom.
 *
 * @see <a href="https://scholarworks.wmich.edu/dissertations/3208/">Yurdakul, 2018: statistical
 *     properties of population stability index</a>
 */
final class StabilityIndex implements Detector {
    private static final int BINS = 10;
    private static final double SMOOTHING = 0.5;

    @Override
    public Detection detect(Sample baseline, Sample window) {
        double[] edges = edges(baseline);
        double[] expected = shares(baseline, edges);
        double[] actual = shares(window, edges);
        double index = 0;
        for (int bin = 0; bin < expected.length; bin++) {
            index += (actual[bin] - expected[bin]) * Math.log(actual[bin] / expected[bin]);
        }
        double unit = 1.0 / baseline.size() + 1.0 / window.size();
        double chance =
                edges.length == 0
                        ? 1
                        : ChiSquaredDistribution.of(edges.length).survivalProbability(index / unit);
        return new Detection(index, chance);
    }

    /**
     * Inner edges, each the last value of its bin. Where the outermost bin would be one value that
     * many rows share, what lies beyond it gets a bin of its own: it was never seen.
     */
    private static double[] edges(Sample baseline) {
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

    private static double[] shares(Sample sample, double[] edges) {
        int bins = edges.length + 1;
        double[] shares = new double[bins];
        int below = 0;
        for (int bin = 0; bin < bins; bin++) {
            int upTo = bin < edges.length ? sample.atMost(edges[bin]) : sample.size();
            shares[bin] = (upTo - below + SMOOTHING) / (sample.size() + SMOOTHING * bins);
            below = upTo;
        }
        return shares;
    }
}
