package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.NumericSample;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;

/**
 * Two-sample Kolmogorov-Smirnov test: the largest distance between the cumulative distributions,
 * from 0 to 1, with the two-sided p-value. With ties the p-value is an upper bound: fewer alarms,
 * not more.
 *
 * @see <a href="https://doi.org/10.18637/jss.v039.i11">Simard and L'Ecuyer, 2011</a>
 */
final class KolmogorovSmirnov implements Detector {
    @Override
    public Detection detect(FeatureSample baseline, FeatureSample window) {
        var result = KolmogorovSmirnovTest.withDefaults()
                .test(
                        NumericSample.in(baseline).values(),
                        NumericSample.in(window).values());
        return new Detection(result.getStatistic(), result.getPValue());
    }
}
