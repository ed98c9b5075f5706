package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import org.apache.commons.statistics.inference.GTest;

/**
 * Jensen-Shannon distance of the samples' distributions p and q over the bins:
 *
 * <pre>d = sqrt( (KL(p || m) + KL(q || m)) / 2 ),   m = (p + q) / 2,   logarithms to base 2</pre>
 *
 * It is 0 for equal distributions and 1 when no bin is shared.
 *
 * <p>P-value: of the same divergence with each sample weighted by its rows. Times 2 N (in nats) it
 * is the G statistic: approximately chi-squared with bins - 1 degrees of freedom. Rare bins are
 * merged there.
 *
 * @see <a href="https://doi.org/10.1109/18.61115">Lin, 1991</a>
 */
final class JensenShannon implements Detector {
    @Override
    public Detection detect(FeatureSample baseline, FeatureSample window) {
        ContingencyTable table = ContingencyTable.of(baseline, window);
        double n = table.baselineTotal();
        double m = table.windowTotal();
        double divergence = 0;
        for (int bin = 0; bin < table.bins(); bin++) {
            double p = table.baseline().get(bin) / n;
            double q = table.window().get(bin) / m;
            divergence += (term(p, q) + term(q, p)) / 2;
        }
        ContingencyTable pooled = table.pooled();
        double pValue =
                pooled.bins() < 2 ? 1 : GTest.withDefaults().test(pooled.rows()).getPValue();
        return new Detection(Math.sqrt(Math.max(0, divergence) / Math.log(2)), pValue);
    }

    private static double term(double p, double q) {
        return p == 0 ? 0 : p * Math.log(2 * p / (p + q));
    }
}
