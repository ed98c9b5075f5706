package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import java.util.stream.IntStream;

/** One metric's tallies of one run's rows. */
final class TalliedRows {
    private final Metric metric;
    private final double[][] rows;

    private TalliedRows(Metric metric, double[][] rows) {
        this.metric = metric;
        this.rows = rows;
    }

    /** The metric, fitted to these rows. */
    Metric metric() {
        return metric;
    }

    /** The tally of each row. */
    double[][] rows() {
        return rows;
    }

    static TalliedRows of(Metric given, List<Outcome> outcomes) {
        Metric metric = given.fit(outcomes);
        return new TalliedRows(metric, outcomes.stream().map(metric::tally).toArray(double[][]::new));
    }

    /** The score of all rows; NaN when there are none. */
    double score() {
        return score(IntStream.range(0, rows.length).toArray());
    }

    /** The score of chosen rows; a row counts as often as it is chosen. */
    double score(int[] choice) {
        if (choice.length == 0) {
            return Double.NaN;
        }
        double[] sums = new double[rows[0].length];
        for (int row : choice) {
            add(sums, rows[row]);
        }
        return metric.score(sums);
    }

    /** Whether each row either passes or fails. */
    boolean passes() {
        for (double[] row : rows) {
            if (row[0] != 0 && row[0] != 1) {
                return false;
            }
        }
        return metric.isShare();
    }

    static void add(double[] sums, double[] row) {
        for (int at = 0; at < sums.length; at++) {
            sums[at] += row[at];
        }
    }
}
