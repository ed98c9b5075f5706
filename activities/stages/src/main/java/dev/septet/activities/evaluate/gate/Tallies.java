package dev.septet.activities.evaluate.gate;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** One metric's tallies of one model's rows, in row order. */
public final class Tallies {
    private final ToDoubleFunction<double[]> score;
    private final double[][] rows;

    /** Whether the score is the mean of one number per row, from 0 to 1. */
    private final boolean share;

    private Tallies(ToDoubleFunction<double[]> score, double[][] rows, boolean share) {
        this.score = score;
        this.rows = rows;
        this.share = share;
    }

    /** Tallies of rows with the score of their sums. */
    static Tallies of(ToDoubleFunction<double[]> score, double[][] rows) {
        return new Tallies(score, rows, false);
    }

    /** Tallies of a metric that is fitted to rows already. */
    public static Tallies of(Metric metric, List<Outcome> outcomes) {
        return new Tallies(
                metric::score, outcomes.stream().map(metric::tally).toArray(double[][]::new), metric.isShare());
    }

    /** Tallies of a metric that is fitted to these rows. */
    public static Tallies fitted(Metric metric, List<Outcome> outcomes) {
        return of(metric.fit(outcomes), outcomes);
    }

    /** The same with the worst or the best tally for each row that was not measured. */
    static Tallies extreme(Metric metric, List<Outcome> outcomes, boolean best) {
        return new Tallies(
                metric::score,
                outcomes.stream()
                        .map(outcome -> metric.measures(outcome) ? metric.tally(outcome) : metric.extreme(best))
                        .toArray(double[][]::new),
                metric.isShare());
    }

    /** Number of rows. */
    public int rows() {
        return rows.length;
    }

    /** The tally of a row. */
    public double[] row(int row) {
        return rows[row];
    }

    /** The score of all rows, NaN when there are none. */
    public double score() {
        return score(IntStream.range(0, rows.length).toArray());
    }

    /** The score of chosen rows; a row counts as often as it is chosen. NaN when there are none. */
    public double score(int[] choice) {
        if (choice.length == 0) {
            return Double.NaN;
        }
        double[] sums = new double[rows[0].length];
        for (int row : choice) {
            add(sums, rows[row]);
        }
        return scoreOf(sums);
    }

    /** The score of a sum of tallies. */
    public double scoreOf(double[] sums) {
        return score.applyAsDouble(sums);
    }

    /** Whether each row either passes or fails. */
    public boolean passes() {
        for (double[] row : rows) {
            if (row[0] != 0 && row[0] != 1) {
                return false;
            }
        }
        return share;
    }

    /** Adds a row's tally to a sum. */
    public static void add(double[] sums, double[] row) {
        for (int at = 0; at < sums.length; at++) {
            sums[at] += row[at];
        }
    }
}
