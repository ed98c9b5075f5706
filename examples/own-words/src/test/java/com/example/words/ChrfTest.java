package com.example.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.MetricExtension;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.contract.MetricWordContract;
import org.junit.jupiter.api.Test;

class ChrfTest extends MetricWordContract {
    @Override
    protected MetricExtension extension() {
        return new Chrf();
    }

    /** sacrebleu 2.6.0: {@code CHRF().corpus_score(["the cat sat"], [["the cat is on the mat"]])}. */
    @Test
    void agreesWithSacrebleu() {
        Metric metric = extension().metric(used());
        double[] tally = metric.tally(new Outcome("the cat is on the mat", "the cat sat", 1, 1));
        assertThat(metric.score(tally)).isCloseTo(32.15676566369128, within(1e-9));
    }
}
