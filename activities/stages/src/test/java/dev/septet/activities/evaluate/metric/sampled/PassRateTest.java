package dev.septet.activities.evaluate.metric.sampled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.AnswerNeeds;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.MetricGoldens;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassRateTest {
    /** The share of all choices of k samples that pass, by trying all of them. */
    @Test
    void estimatesWhatAllChoicesOfSamplesShow() {
        for (int n = 1; n <= 8; n++) {
            for (int passed = 0; passed <= n; passed++) {
                for (int k = 1; k <= n; k++) {
                    int choices = 0;
                    int any = 0;
                    int all = 0;
                    for (int set = 0; set < 1 << n; set++) {
                        if (Integer.bitCount(set) == k) {
                            int hits = Integer.bitCount(set & ((1 << passed) - 1));
                            choices++;
                            any += hits > 0 ? 1 : 0;
                            all += hits == k ? 1 : 0;
                        }
                    }
                    Outcome row = drawn(passed, n - passed);
                    assertThat(MetricGoldens.score(metric("passAt", k, n), List.of(row)))
                            .isCloseTo((double) any / choices, within(1e-12));
                    assertThat(MetricGoldens.score(metric("passAll", k, n), List.of(row)))
                            .isCloseTo((double) all / choices, within(1e-12));
                }
            }
        }
    }

    @Test
    void hasNoScoreWithTooFewSamples() {
        assertThat(MetricGoldens.score(metric("passAt", 2, 4), List.of(drawn(3, 0))))
                .isNaN();
        assertThat(MetricGoldens.score(metric("passAt", 2, 4), "a", "a")).isNaN();
    }

    @Test
    void readsTheFirstSamplesOnly() {
        assertThat(MetricGoldens.score(metric("passAll", 2, 2), List.of(drawn(2, 5))))
                .isOne();
    }

    @Test
    void needsOneTemperature() {
        AnswerNeeds needs = metric("passAt", 2, 4).needs();
        assertThat(needs.and(AnswerNeeds.CONFIDENCE).and(AnswerNeeds.layer(3)))
                .isEqualTo(new AnswerNeeds(true, 3, 4, 0.8));
        assertThatThrownBy(() -> needs.and(AnswerNeeds.samples(2, 0.5))).hasMessageContaining("0.8 and 0.5");
    }

    @Test
    void refusesRowsThatItsCriterionRefuses() {
        Metric metric = Metrics.named("passAt").with(MetricArguments.samples(1, 1, 0.8, "numericAnswer"));
        assertThat(metric.misfit(List.of("no number"))).isPresent();
    }

    private static Metric metric(String name, int k, int samples) {
        return Metrics.named(name).with(MetricArguments.samples(k, samples, 0.8, "exactMatch"));
    }

    private static Outcome drawn(int passed, int failed) {
        List<String> samples = new ArrayList<>(Collections.nCopies(passed, "a"));
        samples.addAll(Collections.nCopies(failed, "b"));
        return new Outcome("", "a", "a", 0, 0, null, new AnswerFacts(null, null, samples));
    }
}
