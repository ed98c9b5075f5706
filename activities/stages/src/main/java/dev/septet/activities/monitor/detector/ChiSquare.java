package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import org.apache.commons.statistics.inference.ChiSquareTest;

/**
 * Pearson's chi-squared test of homogeneity: both samples have the same distribution over the bins.
 *
 * <pre>X2 = sum over cells of (observed - expected)^2 / expected,   V = sqrt(X2 / N)</pre>
 *
 * The score is Cramer's V, from 0 to 1, which does not grow with the number of rows N. The p-value
 * is that of chi-squared with bins - 1 degrees of freedom. Rare bins are merged.
 *
 * @see <a href="https://doi.org/10.1080/14786440009463897">Pearson, 1900</a>
 */
final class ChiSquare implements Detector {
    @Override
    public Detection detect(FeatureSample baseline, FeatureSample window) {
        ContingencyTable table = ContingencyTable.of(baseline, window).pooled();
        if (table.bins() < 2) {
            return Detection.NOTHING;
        }
        var result = ChiSquareTest.withDefaults().test(table.rows());
        long rows = table.baselineTotal() + table.windowTotal();
        return new Detection(Math.sqrt(result.getStatistic() / rows), result.getPValue());
    }
}
