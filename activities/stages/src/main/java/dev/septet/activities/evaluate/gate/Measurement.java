package dev.septet.activities.evaluate.gate;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One metric of the tuned model and of the base model, on the same rows.
 *
 * @param before the base model's score, null when it was not measured
 * @param interval 95 % interval of {@code after}
 * @param delta 95 % interval of {@code after - before}, paired by row; null without {@code before}
 */
public record Measurement(
        String metric,
        boolean lowerIsBetter,
        @Nullable Double before,
        double after,
        Interval interval,
        @Nullable Interval delta,
        int rows) {
    /**
     * Measures one metric.
     *
     * @param base the base model's outcomes, paired row by row with {@code tuned}; null without one
     * @throws IllegalArgumentException when the numbers of rows differ
     */
    public static Measurement of(
            Metric metric, @Nullable List<Outcome> base, List<Outcome> tuned, Bootstrap bootstrap) {
        int rows = tuned.size();
        Tallies after = Tallies.of(metric, tuned);
        Interval interval = bootstrap.interval(rows, after::score);
        Double beforeScore = null;
        Interval delta = null;
        if (base != null) {
            if (base.size() != rows) {
                throw new IllegalArgumentException("%d rows of the base model cannot be paired with %d of the tuned one"
                        .formatted(base.size(), rows));
            }
            Tallies before = Tallies.of(metric, base);
            beforeScore = before.score();
            delta = bootstrap.interval(rows, choice -> after.score(choice) - before.score(choice));
        }
        return new Measurement(
                metric.name(), metric.lowerIsBetter(), beforeScore, after.score(), interval, delta, rows);
    }

    /**
     * The same measurement, named as one of a named set.
     *
     * @param set name of the set; empty for the test split
     */
    public Measurement on(String set) {
        return new Measurement(Gate.on(metric, set), lowerIsBetter, before, after, interval, delta, rows);
    }
}
