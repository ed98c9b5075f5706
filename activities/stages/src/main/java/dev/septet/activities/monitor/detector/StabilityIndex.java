package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Population stability index, over bins that each hold a tenth of the baseline, or over categories:
 *
 * <pre>PSI = sum over bins of (q - p) ln(q / p)</pre>
 *
 * where p is the bin's fraction of the baseline and q its fraction of the window. Each is smoothed
 * by half a row per bin, {@code (count + 1/2) / (n + bins/2)}, so that an empty bin is not
 * infinite. By convention, less than 0.1 is stable and more than 0.2 (or 0.25) is drift.
 *
 * <p>P-value: without drift, PSI / (1/n + 1/m) is approximately chi-squared with bins - 1 degrees
 * of freedom.
 *
 * @see <a href="https://scholarworks.wmich.edu/dissertations/3208/">Yurdakul, 2018: statistical
 *     properties of population stability index</a>
 */
final class StabilityIndex implements Detector {
    private static final double SMOOTHING = 0.5;

    @Override
    public Detection detect(FeatureSample baseline, FeatureSample window) {
        ContingencyTable table = ContingencyTable.of(baseline, window);
        double index = 0;
        for (int bin = 0; bin < table.bins(); bin++) {
            double p = share(table.baseline().get(bin), table.baselineTotal(), table.bins());
            double q = share(table.window().get(bin), table.windowTotal(), table.bins());
            index += (q - p) * Math.log(q / p);
        }
        double unit = 1.0 / baseline.size() + 1.0 / window.size();
        double pValue = table.bins() < 2
                ? 1
                : ChiSquaredDistribution.of(table.bins() - 1).survivalProbability(index / unit);
        return new Detection(index, pValue);
    }

    private static double share(long count, long total, int bins) {
        return (count + SMOOTHING) / (total + SMOOTHING * bins);
    }
}
