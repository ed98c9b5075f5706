package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.gate.Bootstrap;
import dev.septet.activities.evaluate.gate.Interval;
import dev.septet.activities.evaluate.gate.McNemar;
import dev.septet.activities.evaluate.gate.Tallies;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** The difference of two values, with a 95 % interval and a p-value. */
final class PairTest {
    private static final int SWAPS = 1000;
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
    private static final double Z = NORMAL.inverseCumulativeProbability(0.975);

    private PairTest() {}

    /**
     * Compares two runs on the same rows. The interval is a bootstrap that draws equal rows for both runs. The p-value is
     * McNemar's exact test where each row passes or fails; otherwise the answers of random rows are swapped.
     *
     * @param first tallies of the first run
     * @param second tallies of the second run, in the same order of rows
     * @see McNemar
     * @see <a href="https://aclanthology.org/W05-0908">Riezler and Maxwell, 2005: approximate randomization</a>
     */
    static Contrast paired(Tallies first, Tallies second, long seed) {
        int rows = first.rows();
        double difference = second.score() - first.score();
        Interval interval = new Bootstrap(seed).interval(rows, choice -> second.score(choice) - first.score(choice));
        Integer gained = null;
        Integer lost = null;
        double p;
        if (first.passes() && second.passes()) {
            McNemar test = McNemar.of(rows, row -> second.row(row)[0] - first.row(row)[0]);
            gained = test.gained();
            lost = test.lost();
            p = test.p();
        } else {
            p = swapped(first, second, Math.abs(difference), seed);
        }
        return new Contrast(
                0, 0, Contrast.Method.PAIRED, difference, interval, p, null, gained, lost, List.of(), List.of());
    }

    /** The share of random swaps of rows with at least this difference. */
    private static double swapped(Tallies first, Tallies second, double difference, long seed) {
        if (Double.isNaN(difference) || first.row(0).length != second.row(0).length) {
            return Double.NaN;
        }
        UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
        int atLeast = 1;
        for (int swap = 0; swap < SWAPS; swap++) {
            double[] one = new double[first.row(0).length];
            double[] other = new double[one.length];
            for (int row = 0; row < first.rows(); row++) {
                boolean swaps = random.nextBoolean();
                Tallies.add(swaps ? other : one, first.row(row));
                Tallies.add(swaps ? one : other, second.row(row));
            }
            double found = Math.abs(second.scoreOf(other) - first.scoreOf(one));
            // Sums in another order differ in their last bits.
            atLeast += found >= difference - 1e-12 * Math.max(1, difference) ? 1 : 0;
        }
        return (double) atLeast / (SWAPS + 1);
    }

    /**
     * Compares two values by their own intervals (square-and-add), as if the runs were independent. On the same rows they
     * are not, so this interval is wider than a paired one. An interval without a width, such as a bootstrap's of rows with
     * equal scores, says nothing about other rows: then p is NaN for values that differ.
     *
     * @see <a href="https://doi.org/10.1177/0962280207079736">Zou and Donner, 2008</a>
     */
    static Contrast unpaired(MeasuredValue first, Interval one, MeasuredValue second, Interval other) {
        double difference = second.value() - first.value();
        double below = Math.hypot(second.value() - other.low(), one.high() - first.value());
        double above = Math.hypot(other.high() - second.value(), first.value() - one.low());
        double error = Math.hypot(one.high() - one.low(), other.high() - other.low()) / (2 * Z);
        boolean known = one.high() > one.low() && other.high() > other.low();
        double p =
                known ? 2 * NORMAL.survivalProbability(Math.abs(difference) / error) : difference == 0 ? 1 : Double.NaN;
        return new Contrast(
                0,
                0,
                Contrast.Method.UNPAIRED,
                difference,
                new Interval(difference - below, difference + above),
                p,
                null,
                null,
                null,
                List.of(),
                List.of());
    }
}
