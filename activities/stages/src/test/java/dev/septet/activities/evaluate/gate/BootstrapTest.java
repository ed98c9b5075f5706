package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final Metric LOSS = Metrics.named("loss");
    private static final Metric EXACT = Metrics.named("exactMatch");

    @Test
    void agreesWithTheNormalIntervalOfAMean() {
        List<Outcome> base = losses(1, 400, 2.0);
        List<Outcome> tuned = shifted(base, losses(2, 400, 0.0), -0.5, 0.1);
        Measurement measured = Measurement.of(LOSS, base, tuned, new Bootstrap(42));
        double error = 0.1 / Math.sqrt(400);
        Interval delta = Objects.requireNonNull(measured.delta());
        assertThat(delta.low()).isCloseTo(-0.5 - 1.96 * error, within(0.004));
        assertThat(delta.high()).isCloseTo(-0.5 + 1.96 * error, within(0.004));
    }

    @Test
    void pairsRowsSoThatSharedNoiseCancels() {
        List<Outcome> base = losses(1, 200, 2.0);
        List<Outcome> tuned = shifted(base, losses(2, 200, 0.0), -0.05, 0.01);
        Measurement measured = Measurement.of(LOSS, base, tuned, new Bootstrap(42));
        Interval delta = Objects.requireNonNull(measured.delta());
        assertThat(delta.high()).isNegative();
        assertThat(delta.high() - delta.low())
                .isLessThan((measured.interval().high() - measured.interval().low()) / 20);
    }

    @Test
    void coversTheTruthAboutNineteenTimesInTwenty() {
        int covered = 0;
        for (int trial = 0; trial < 200; trial++) {
            Interval interval = Measurement.of(LOSS, null, losses(100 + trial, 80, 1.0), new Bootstrap(trial))
                    .interval();
            covered += interval.low() <= 1.0 && interval.high() >= 1.0 ? 1 : 0;
        }
        assertThat(covered).isBetween(180, 198);
    }

    @Test
    void drawsTheSameForTheSameSeedOnly() {
        List<Outcome> rows = losses(3, 50, 1.0);
        Interval one = Measurement.of(LOSS, null, rows, new Bootstrap(7)).interval();
        assertThat(Measurement.of(LOSS, null, rows, new Bootstrap(7)).interval())
                .isEqualTo(one);
        assertThat(Measurement.of(LOSS, null, rows, new Bootstrap(8)).interval())
                .isNotEqualTo(one);
    }

    @Test
    void refusesRowsThatDoNotPair() {
        assertThatThrownBy(() -> Measurement.of(LOSS, losses(1, 3, 1), losses(1, 4, 1), new Bootstrap(1)))
                .hasMessage("3 rows of the base model cannot be paired with 4 of the tuned one");
    }

    @Test
    void hasNoNumberWithoutRows() {
        Measurement measured = Measurement.of(LOSS, List.of(), List.of(), new Bootstrap(1));
        assertThat(measured.after()).isNaN();
        assertThat(measured.interval().low()).isNaN();
    }

    @Test
    void interpolatesQuantilesAsNumpyDoes() {
        double[] sorted = {1, 2, 4, 8, 16};
        assertThat(Bootstrap.quantile(sorted, 0.025)).isCloseTo(1.1, within(1e-12));
        assertThat(Bootstrap.quantile(sorted, 0.6)).isCloseTo(5.6, within(1e-12));
        assertThat(Bootstrap.quantile(sorted, 1)).isEqualTo(16);
    }

    /** p from scipy.stats.binomtest(9, 10).pvalue. */
    @Test
    void testsGainedAgainstLostRows() {
        List<Outcome> base = answers(0, 1);
        List<Outcome> tuned = answers(1, 0);
        List<Outcome> bases = new ArrayList<>(base.subList(1, 2));
        List<Outcome> tuneds = new ArrayList<>(tuned.subList(1, 2));
        for (int row = 0; row < 9; row++) {
            bases.add(base.get(0));
            tuneds.add(tuned.get(0));
        }
        McNemar test = McNemar.of(EXACT, bases, tuneds);
        assertThat(test.gained()).isEqualTo(9);
        assertThat(test.lost()).isEqualTo(1);
        assertThat(test.p()).isCloseTo(0.021484375, within(1e-12));
        assertThat(McNemar.of(EXACT, base, base).p()).isEqualTo(1);
    }

    private static List<Outcome> answers(int... right) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int hit : right) {
            outcomes.add(new Outcome("yes", hit == 1 ? "yes" : "no", 0, 1));
        }
        return outcomes;
    }

    private static List<Outcome> losses(long seed, int rows, double mean) {
        UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
        var normal = ZigguratSampler.NormalizedGaussian.of(random);
        List<Outcome> outcomes = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            outcomes.add(new Outcome("", null, mean + normal.sample(), 1));
        }
        return outcomes;
    }

    private static List<Outcome> shifted(List<Outcome> base, List<Outcome> noise, double shift, double scale) {
        List<Outcome> outcomes = new ArrayList<>();
        double center = noise.stream().mapToDouble(Outcome::loss).average().orElseThrow();
        for (int row = 0; row < base.size(); row++) {
            double loss = base.get(row).loss() + shift + scale * (noise.get(row).loss() - center);
            outcomes.add(new Outcome("", null, loss, 1));
        }
        return outcomes;
    }
}
