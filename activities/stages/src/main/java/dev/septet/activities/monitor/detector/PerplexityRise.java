package dev.septet.activities.monitor.detector;

import dev.septet.activities.monitor.sample.FeatureSample;
import dev.septet.activities.monitor.sample.NumericSample;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.TTest;

/**
 * How much the model's perplexity is higher for new prompts than for its training prompts: {@code
 * exp(mean loss of the window - mean loss of the baseline) - 1}. The means are over each prompt's
 * mean loss per token. Negative when the perplexity is lower.
 *
 * <p>P-value: one-sided Welch test of the two means.
 */
final class PerplexityRise implements Detector {
    @Override
    public Detection detect(FeatureSample before, FeatureSample now) {
        NumericSample baseline = NumericSample.in(before);
        NumericSample window = NumericSample.in(now);
        double rise = Math.exp(window.mean() - baseline.mean()) - 1;
        double pValue = baseline.size() < 2 || window.size() < 2
                ? 1
                : TTest.withDefaults()
                        .with(AlternativeHypothesis.GREATER_THAN)
                        .test(window.values(), baseline.values())
                        .getPValue();
        // Two samples without variance have no t value: then their means decide.
        return new Detection(rise, Double.isNaN(pValue) ? (rise > 0 ? 0 : 1) : pValue);
    }
}
