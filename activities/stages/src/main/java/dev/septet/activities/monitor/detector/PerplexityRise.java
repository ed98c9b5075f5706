package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.NumericSample;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.TTest;

/**
 * How much more the model wavers over new prompts than over those it was trained on: {@code
 * exp(mean loss of the window - mean loss of the baseline) - 1}, over each prompt's mean loss per
 * token. Negative when it wavers less.
 *
 * <p>Chance: one-sided Welch test of the two means.
 */
final class PerplexityRise implements Detector {
    @Override
    public Detection detect(FeatureSample before, FeatureSample now) {
        NumericSample baseline = NumericSample.in(before);
        NumericSample window = NumericSample.in(now);
        double rise = Math.exp(window.mean() - baseline.mean()) - 1;
        double chance = baseline.size() < 2 || window.size() < 2
                ? 1
                : TTest.withDefaults()
                        .with(AlternativeHypothesis.GREATER_THAN)
                        .test(window.values(), baseline.values())
                        .getPValue();
        // Two samples without any spread have no t: their means then say all.
        return new Detection(rise, Double.isNaN(chance) ? (rise > 0 ? 0 : 1) : chance);
    }
}
