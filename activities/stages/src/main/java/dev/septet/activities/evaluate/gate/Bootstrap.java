package dev.septet.activities.evaluate.gate;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Percentile bootstrap: the middle 95 % of a statistic over resamples of the rows, drawn with
 * replacement. Equal seeds draw equal rows. So two models are always compared on the same resample
 * (paired), and a repeated run gives the same interval.
 *
 * @see <a href="https://aclanthology.org/W04-3250">Koehn, 2004: statistical significance tests for
 *     machine translation evaluation</a>
 */
public final class Bootstrap {
    static final int RESAMPLES = 1000;
    private static final double TAIL = 0.025;

    private final long seed;

    /** Equal seeds give equal draws. */
    public Bootstrap(long seed) {
        this.seed = seed;
    }

    /**
     * The interval of a statistic of resampled rows.
     *
     * @param rows number of rows
     * @param statistic receives {@code rows} row numbers per resample
     * @return NaN ends when there are no rows or any resample's statistic is NaN
     */
    public Interval interval(int rows, ToDoubleFunction<int[]> statistic) {
        int[] all = new int[rows];
        for (int row = 0; row < rows; row++) {
            all[row] = row;
        }
        return stratified(List.of(all), choices -> statistic.applyAsDouble(choices.get(0)));
    }

    /**
     * The interval of a statistic of rows that are resampled within strata, which keep their sizes.
     *
     * @param strata row numbers of each stratum
     * @param statistic receives the drawn row numbers of each stratum
     * @return NaN ends when there are no rows or any resample's statistic is NaN
     * @see <a href="https://doi.org/10.1201/9780429246593">Efron and Tibshirani, 1993, chapter 8.3: the two-sample
     *     bootstrap</a>
     */
    Interval stratified(List<int[]> strata, ToDoubleFunction<List<int[]>> statistic) {
        if (strata.stream().allMatch(rows -> rows.length == 0)) {
            return new Interval(Double.NaN, Double.NaN);
        }
        UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
        double[] values = new double[RESAMPLES];
        List<int[]> choices = strata.stream().map(rows -> new int[rows.length]).toList();
        for (int sample = 0; sample < RESAMPLES; sample++) {
            for (int stratum = 0; stratum < strata.size(); stratum++) {
                int[] rows = strata.get(stratum);
                int[] choice = choices.get(stratum);
                for (int at = 0; at < rows.length; at++) {
                    choice[at] = rows[random.nextInt(rows.length)];
                }
            }
            values[sample] = statistic.applyAsDouble(choices);
        }
        Arrays.sort(values); // NaN sorts last
        return Double.isNaN(values[RESAMPLES - 1])
                ? new Interval(Double.NaN, Double.NaN)
                : new Interval(quantile(values, TAIL), quantile(values, 1 - TAIL));
    }

    /** Linear between the two nearest order statistics (Hyndman and Fan's type 7). */
    static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
