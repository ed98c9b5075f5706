package dev.septet.activities.evaluate.gate;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * McNemar's exact test of a metric that each row either passes or fails. The p-value is the
 * probability of a split at least as uneven as this one, if gained and lost rows were equally
 * likely.
 *
 * @param gained number of rows that only the tuned model passes
 * @param lost number of rows that only the base model passes
 * @param p two-sided p-value; 1 when no row changed
 * @see <a href="https://doi.org/10.1007/BF02295996">McNemar, 1947</a>
 */
public record McNemar(int gained, int lost, double p) {
    /** Tests a metric whose tally starts with 1 for a pass and 0 for a failure. */
    public static McNemar of(Metric metric, List<Outcome> base, List<Outcome> tuned) {
        return of(tuned.size(), row -> metric.tally(tuned.get(row))[0] - metric.tally(base.get(row))[0]);
    }

    /**
     * Tests pairs of rows.
     *
     * @param change positive for a row that only the second model passes, negative for one that only the first passes
     */
    public static McNemar of(int rows, IntToDoubleFunction change) {
        int gained = 0;
        int lost = 0;
        for (int row = 0; row < rows; row++) {
            double found = change.applyAsDouble(row);
            gained += found > 0 ? 1 : 0;
            lost += found < 0 ? 1 : 0;
        }
        int changed = gained + lost;
        double p = changed == 0
                ? 1
                : BinomialTest.withDefaults().test(changed, gained, 0.5).getPValue();
        return new McNemar(gained, lost, p);
    }
}
