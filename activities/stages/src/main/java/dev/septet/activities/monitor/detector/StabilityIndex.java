package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Population stability index, over bins that hold a tenth of the baseline each, or over categories:
 *
 * <pre>PSI = sum over bins of (q - p) ln(q / p)</pre>
 *
 * with p the bin's share of the baseline and q its share of the window, each smoothed by half a row
 * per bin, {@code (count + 1/2) / (n + bins/2)}, so that an empty bin is not infinite. By custom,
 * under 0.1 is stable and above 0.2 (some say 0.25) is drift.
 *
 * <p>Chance: without drift, PSI / (1/n + 1/m) is about chi-squared with bins - 1 degrees of
 * freedom.
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
        double chance = table.bins() < 2
                ? 1
                : ChiSquaredDistribution.of(table.bins() - 1).survivalProbability(index / unit);
        return new Detection(index, chance);
    }

    private static double share(long count, long total, int bins) {
        return (count + SMOOTHING) / (total + SMOOTHING * bins);
    }
}
