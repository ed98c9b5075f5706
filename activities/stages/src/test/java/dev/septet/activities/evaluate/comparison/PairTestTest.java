package dev.septet.activities.evaluate.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.evaluate.comparison.MeasuredValue.Kind;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.Rate;
import dev.septet.activities.evaluate.gate.Tallies;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairTestTest {
    /** Newcombe's example of 56 of 70 and 48 of 80, with Wilson's intervals: 0.0524 to 0.3339 (1998, table II, method 10). */
    @Test
    void unpairedIntervalsAreNewcombes() {
        Rate first = new Rate("first", 48, 80, 0, "");
        Rate second = new Rate("second", 56, 70, 0, "");

        Contrast contrast = PairTest.unpaired(value(first), first.interval(), value(second), second.interval());

        assertThat(contrast.difference()).isCloseTo(0.2, within(1e-12));
        Interval interval = java.util.Objects.requireNonNull(contrast.interval());
        assertThat(interval.low()).isCloseTo(0.0524, within(5e-5));
        assertThat(interval.high()).isCloseTo(0.3339, within(5e-5));
        assertThat(contrast.excludesZero()).isTrue();
        assertThat(contrast.p()).isCloseTo(0.008, within(0.003)); // of the z-test with pooled errors: 0.0083
    }

    /** The bootstrap of three wrong answers is 0 to 0, however few they are. */
    @Test
    void intervalsWithoutAWidthDecideNothing() {
        Interval none = new Interval(0, 0);
        MeasuredValue wrong = new MeasuredValue(Kind.METRIC, "exactMatch", "", 0, none, 3, false, null, "");
        Interval all = new Interval(1, 1);
        MeasuredValue right = new MeasuredValue(Kind.METRIC, "exactMatch", "", 1, all, 3, false, null, "");

        assertThat(PairTest.unpaired(wrong, none, right, all).p()).isNaN();
        assertThat(PairTest.unpaired(wrong, none, right, new Interval(0.7, 1)).p())
                .isNaN();
        assertThat(PairTest.unpaired(wrong, none, wrong, none).p()).isEqualTo(1);
        Interval wide = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        MeasuredValue infinite =
                new MeasuredValue(Kind.METRIC, "rise", "", Double.POSITIVE_INFINITY, wide, 3, true, null, "");
        assertThat(PairTest.unpaired(infinite, wide, infinite, wide).p()).isNaN();
    }

    @Test
    void swappedRowsFindADifferenceOnlyWhereThereIsOne() {
        List<Outcome> first = losses(0.5);
        Tallies one = Tallies.fitted(Metrics.named("loss"), first);

        assertThat(PairTest.paired(one, one, 7).p()).isEqualTo(1);
        Contrast worse = PairTest.paired(one, Tallies.fitted(Metrics.named("loss"), losses(0.8)), 7);
        assertThat(worse.difference()).isCloseTo(0.3, within(1e-12));
        assertThat(worse.p()).isLessThan(0.01);
        assertThat(worse.reversed().difference()).isEqualTo(-worse.difference());
        assertThat(worse.reversed().excludesZero()).isTrue();
    }

    private static List<Outcome> losses(double mean) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int row = 0; row < 60; row++) {
            outcomes.add(new Outcome("a", "a", 10 * (mean + Math.sin(row) / 20), 10));
        }
        double off = outcomes.stream().mapToDouble(Outcome::loss).sum() / 600 - mean;
        return outcomes.stream()
                .map(each -> new Outcome("a", "a", each.loss() - 10 * off, 10))
                .toList();
    }

    private static MeasuredValue value(Rate rate) {
        return new MeasuredValue(
                Kind.METRIC, "exactMatch", "", rate.value(), rate.interval(), rate.total(), false, null, "");
    }
}
