package dev.septet.activities.evaluate.gate;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One metric's tallies of one model's rows, in row order. */
final class Tallies {
    private final ToDoubleFunction<double[]> score;
    private final double[][] rows;

    private Tallies(ToDoubleFunction<double[]> score, double[][] rows) {
        this.score = score;
        this.rows = rows;
    }

    /** Tallies of rows with the score of their sums. */
    static Tallies of(ToDoubleFunction<double[]> score, double[][] rows) {
        return new Tallies(score, rows);
    }

    /** Number of rows. */
    int rows() {
        return rows.length;
    }

    static Tallies of(Metric metric, List<Outcome> outcomes) {
        return new Tallies(metric::score, outcomes.stream().map(metric::tally).toArray(double[][]::new));
    }

    /** The same with the worst or the best tally for each row that was not measured. */
    static Tallies extreme(Metric metric, List<Outcome> outcomes, boolean best) {
        return new Tallies(
                metric::score,
                outcomes.stream()
                        .map(outcome -> metric.measures(outcome) ? metric.tally(outcome) : metric.extreme(best))
                        .toArray(double[][]::new));
    }

    /** The score of all rows, NaN when there are none. */
    double score() {
        int[] all = new int[rows.length];
        for (int row = 0; row < all.length; row++) {
            all[row] = row;
        }
        return score(all);
    }

    /** The score of chosen rows; a row counts as often as it is chosen. */
    double score(int[] choice) {
        if (choice.length == 0) {
            return Double.NaN;
        }
        double[] sums = new double[rows[0].length];
        for (int row : choice) {
            for (int at = 0; at < sums.length; at++) {
                sums[at] += rows[row][at];
            }
        }
        return score.applyAsDouble(sums);
    }
}
