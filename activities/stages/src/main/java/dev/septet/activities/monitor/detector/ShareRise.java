package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.Proportion;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.FisherExactTest;

/**
 * The increase of a proportion: {@code window share - baseline share}, from -1 to 1. P-value:
 * Fisher's exact test of the two, one-sided.
 *
 * @see <a href="https://doi.org/10.2307/2340521">Fisher, 1922</a>
 */
final class ShareRise implements Detector {
    @Override
    public Detection detect(FeatureSample baseline, FeatureSample window) {
        if (!(baseline instanceof Proportion before) || !(window instanceof Proportion now)) {
            throw new IllegalArgumentException("no shares");
        }
        long parts = before.part() + now.part();
        double pValue = parts == 0 || parts == before.whole() + now.whole()
                ? 1
                : FisherExactTest.withDefaults()
                        .with(AlternativeHypothesis.GREATER_THAN)
                        .test(new int[][] {
                            {Math.toIntExact(now.part()), Math.toIntExact(now.whole() - now.part())},
                            {Math.toIntExact(before.part()), Math.toIntExact(before.whole() - before.part())}
                        })
                        .getPValue();
        return new Detection(now.fraction() - before.fraction(), pValue);
    }
}
