package dev.septet.activities.evaluate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.metric.Metrics;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.SliceSpec;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promised numbers of rows, against the gate itself on simulated answers. */
class PowerTest {
    private static final int TRIALS = 200;

    @ParameterizedTest
    @CsvSource({"0.5, 0.6", "0.8, 0.9", "0.9, 0.95", "0.2, 0.4"})
    void aBoundIsPassedInFourOfFiveEvaluationsWithThePromisedRows(double bound, double truth) {
        int rows = Power.rows(bound, truth);
        assertThat(passes(bound, truth, rows)).as("%d rows", rows).isBetween(0.75, 0.90);
        assertThat(passes(bound, truth, Math.max(8, rows / 4)))
                .as("a quarter of the rows")
                .isLessThan(0.6);
        assertThat(Power.passing(bound, rows)).isLessThanOrEqualTo(truth).isGreaterThan(bound);
    }

    /** A model at the bound must not pass more often than one time in 40, but for the steps of whole answers. */
    @Test
    void aBoundIsSeldomPassedByAModelThatOnlyReachesIt() {
        assertThat(passes(0.8, 0.8, 200)).isLessThan(0.035);
        assertThat(passes(0.5, 0.5, 100)).isLessThan(0.035);
    }

    /** The probability that the gate says GO: its verdict depends on the number of right answers only. */
    private static double passes(double bound, double truth, int rows) {
        int below = 0;
        int above = rows;
        while (above - below > 1) {
            int right = (above + below) / 2;
            if (above(bound, outcomes(rows, row -> row < right))) {
                above = right;
            } else {
                below = right;
            }
        }
        return BinomialDistribution.of(rows, truth).survivalProbability(above - 1);
    }

    @ParameterizedTest
    @CsvSource({"60", "200"})
    void aGainIsFoundInFourOfFiveEvaluations(int rows) {
        double gain = Power.gain(rows);
        double passed = share(random -> {
            boolean[] before = new boolean[rows];
            boolean[] after = new boolean[rows];
            for (int row = 0; row < rows; row++) {
                // Two models that err independently; the second one is better by the gain.
                before[row] = random.nextDouble() < 0.5 - gain / 2;
                after[row] = random.nextDouble() < 0.5 + gain / 2;
            }
            return notWorse(outcomes(rows, row -> before[row]), outcomes(rows, row -> after[row]));
        });
        assertThat(passed).isBetween(0.70, 0.92);
    }

    /** INCONCLUSIVE names a number of further rows; with them, the same truth is decided in four of five evaluations. */
    @Test
    void theRowsThatAreAskedForDecide() {
        int rows = 60;
        double truth = 0.9;
        double distance = truth - 0.85;
        double halfWidth = Power.CONFIDENCE * Math.sqrt(truth * (1 - truth) / rows);
        int all = (int) MoreRows.needed(rows, distance, halfWidth);
        assertThat(all).isBetween(250, 320);
        assertThat(passes(0.85, truth, all)).isBetween(0.70, 0.90);
        assertThat(MoreRows.words("", rows, distance, halfWidth)).isEqualTo(": about 223 more rows would decide");
        assertThat(MoreRows.words("", rows, 0, halfWidth)).contains("at the bound");
        assertThat(MoreRows.words("of this slice", rows, 1e-9, halfWidth))
                .contains("more than 10 million more rows of");
    }

    @Test
    void saysWhatCannotBeDecided() {
        assertThat(Power.rows(0.9, 0.9)).isEqualTo(Power.MOST);
        assertThat(Power.passing(0.9, 7)).isEqualTo(1);
        assertThat(Power.passing(0.9, 8)).isBetween(0.97, 1.0); // all eight answers are right
        assertThat(Power.gain(100)).isBetween(0.15, 0.25);
    }

    @Test
    void aSliceThatIsAsGoodAsAllRowsPassesWithThePromisedRows() {
        int rows = Power.rowsOfSlice(0.8, 0.25);
        assertThat(rows).isEqualTo(32);
        List<String> names = new ArrayList<>();
        for (int row = 0; row < 10 * rows; row++) {
            names.add(row < rows ? "slice" : "other");
        }
        SliceSpec spec = new SliceSpec("topic", 0.25, null, null, null);
        double passed = share(random -> SliceTable.of(
                                Metrics.named("exactMatch"),
                                spec,
                                names,
                                null,
                                outcomes(10 * rows, row -> random.nextDouble() < 0.8),
                                new Bootstrap(7))
                        .slices()
                        .get(1)
                        .verdict()
                == Verdict.GO);
        assertThat(passed).isBetween(0.70, 0.92);
    }

    private static boolean above(double bound, List<Outcome> outcomes) {
        Measurement measured = Measurement.of(Metrics.named("exactMatch"), null, outcomes, new Bootstrap(7));
        return Bound.least(measured.after(), measured.interval(), bound, true, measured.rows()) == Verdict.GO;
    }

    private static boolean notWorse(List<Outcome> base, List<Outcome> tuned) {
        Measurement measured = Measurement.of(Metrics.named("exactMatch"), base, tuned, new Bootstrap(7));
        return NonInferiority.judge(measured, "the base model", new CompareSpec(0))
                        .verdict()
                == Verdict.GO;
    }

    private static List<Outcome> outcomes(int rows, IntPredicate right) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            outcomes.add(new Outcome("yes", right.test(row) ? "yes" : "no", 1, 1));
        }
        return outcomes;
    }

    private interface Trial {
        boolean passes(UniformRandomProvider random);
    }

    private static double share(Trial trial) {
        UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(11);
        int passed = 0;
        for (int at = 0; at < TRIALS; at++) {
            passed += trial.passes(random) ? 1 : 0;
        }
        return (double) passed / TRIALS;
    }
}
