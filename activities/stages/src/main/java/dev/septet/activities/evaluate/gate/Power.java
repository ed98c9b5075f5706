package dev.septet.activities.evaluate.gate;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Numbers of rows that the gate needs. A check is GO when the whole 95 % interval meets its bound. All numbers are for a power
 * of 80 %: a model that is really as good as stated passes in 80 of 100 evaluations.
 *
 * <p>A score of answers that are right or wrong has a binomial distribution. The lower end of its bootstrap interval is the
 * 2.5 % quantile of the distribution at the measured score. So the gate passes from some number of right answers on, and the
 * power is the probability of at least this number. For other scores from 0 to 1 with the same mean, the variance is at most
 * that of right and wrong answers, so the numbers are conservative.
 *
 * <p>A comparison of two models reads the differences of their rows. If a share c of the answers changes between right and
 * wrong, and the gain is g, the variance of a difference is {@code c - g^2}. By the normal approximation, the gain passes "not
 * worse" if {@code g >= (z(0.975) + z(0.8)) sqrt((c - g^2) / n)}.
 *
 * @see <a href="https://doi.org/10.2307/2531961">Connor, 1987: sample size for testing differences in proportions for the
 *     paired-sample design</a>
 * @see <a href="https://doi.org/10.2307/2589180">Bhatia and Davis, 2000: a better bound on the variance</a>
 */
public final class Power {
    /** z(0.975) of the normal distribution. */
    static final double CONFIDENCE = 1.959963984540054;

    /** z(0.8) of the normal distribution. */
    static final double POWER = 0.8416212335729143;

    /** A test split of more rows than this decides every bound that a person would set. */
    static final int MOST = 1 << 20;

    private static final double TAIL = 0.025;
    private static final double SURE = 0.8;

    /** The share of rows that two models of middling quality answer differently, if they err independently. */
    private static final double CHANGED = 0.5;

    private Power() {}

    /**
     * The number of rows with which a true score passes a lower bound.
     *
     * @param bound from 0 to 1
     * @param score the true score, above the bound, at most 1
     * @return {@value #MOST} when it is not smaller
     */
    public static int rows(double bound, double score) {
        int fails = Bound.MINIMUM_ROWS - 1;
        int passes = Bound.MINIMUM_ROWS;
        while (passes < MOST && passing(bound, passes) > score) {
            fails = passes;
            passes *= 2;
        }
        // The smallest score that passes falls with the number of rows, but for the steps of whole answers.
        while (passes - fails > 1) {
            int middle = (passes + fails) >>> 1;
            if (passing(bound, middle) > score) {
                fails = middle;
            } else {
                passes = middle;
            }
        }
        return Math.min(passes, MOST);
    }

    /**
     * The smallest true score that passes a lower bound with this number of rows.
     *
     * @param bound from 0 to 1
     * @return at most 1
     */
    public static double passing(double bound, int rows) {
        if (rows < Bound.MINIMUM_ROWS || bound >= 1) {
            return 1;
        }
        int right = right(bound, rows);
        double low = bound;
        double high = 1;
        for (int step = 0; step < 40; step++) {
            double middle = (low + high) / 2;
            if (BinomialDistribution.of(rows, middle).survivalProbability(right - 1) >= SURE) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    /** The smallest number of right answers whose interval is above the bound. */
    private static int right(double bound, int rows) {
        int below = (int) Math.floor(bound * rows);
        int above = rows;
        while (above - below > 1) {
            int middle = (above + below) >>> 1;
            double low = (double) BinomialDistribution.of(rows, (double) middle / rows)
                            .inverseCumulativeProbability(TAIL)
                    / rows;
            if (low > bound) {
                above = middle;
            } else {
                below = middle;
            }
        }
        return above;
    }

    /**
     * The number of rows with which a slice that is as good as all rows passes the bound on its gap. It is that of a slice
     * that is a small part of them.
     *
     * @param score the share of right answers in all slices, above 0
     * @param gap largest accepted gap, as a fraction of {@code score}, above 0
     */
    public static int rowsOfSlice(double score, double gap) {
        double deviations = (CONFIDENCE + POWER) / (gap * score);
        double rows = Math.ceil(deviations * deviations * score * (1 - score));
        return (int) Math.min(MOST, Math.max(Bound.MINIMUM_ROWS, rows));
    }

    /**
     * The smallest true gain over another model that passes "not worse" with this number of rows, before anything is
     * measured.
     *
     * @return from 0 to 1
     */
    public static double gain(int rows) {
        // g = z sqrt((c - g^2) / n), solved for g
        double unit = (CONFIDENCE + POWER) * (CONFIDENCE + POWER) / rows;
        return Math.sqrt(unit * CHANGED / (1 + unit));
    }
}
