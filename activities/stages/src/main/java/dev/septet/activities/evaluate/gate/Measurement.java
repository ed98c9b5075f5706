package dev.septet.activities.evaluate.gate;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One metric of the tuned model and of the base model, on the same rows.
 *
 * @param before the base model's score, null when it was not measured
 * @param interval 95 % interval of {@code after}
 * @param unmeasured rows that were not measured and do not count in the numbers; null where there are none
 * @param delta 95 % interval of {@code after - before}, paired by row; null without {@code before}
 */
public record Measurement(
        String metric,
        boolean lowerIsBetter,
        @Nullable Double before,
        double after,
        Interval interval,
        @Nullable Interval delta,
        int rows,
        @Nullable Unmeasured unmeasured) {
    /** A measurement of every row. */
    public Measurement(
            String metric,
            boolean lowerIsBetter,
            @Nullable Double before,
            double after,
            Interval interval,
            @Nullable Interval delta,
            int rows) {
        this(metric, lowerIsBetter, before, after, interval, delta, rows, null);
    }

    /**
     * Rows that were not measured.
     *
     * @param rows rows of either model that were not measured
     * @param all rows of the test split
     * @param most the largest share of them with which the gate may say GO
     * @param worst the measurement in which each such row has the worst score of the tuned model and the best of the other
     */
    public record Unmeasured(int rows, int all, double most, Measurement worst) {}

    /**
     * Measures one metric.
     *
     * @param given fitted to these rows before it scores them
     * @param base the base model's outcomes, paired row by row with {@code tuned}; null without one
     * @throws IllegalArgumentException when the numbers of rows differ
     */
    public static Measurement of(Metric given, @Nullable List<Outcome> base, List<Outcome> tuned, Bootstrap bootstrap) {
        if (base == null && !tuned.stream().allMatch(given::covers)) {
            return of(given, null, tuned.stream().filter(given::covers).toList(), bootstrap);
        }
        Metric metric = given.fit(tuned);
        if (base != null && base.size() != tuned.size()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%d rows of the base model cannot be paired with %d of the tuned one",
                    base.size(),
                    tuned.size()));
        }
        Measurement measured =
                of(metric, base == null ? null : Tallies.of(metric, base), Tallies.of(metric, tuned), bootstrap);
        int rows = tuned.size();
        int missing = 0;
        for (int row = 0; row < rows; row++) {
            boolean both = metric.measures(tuned.get(row)) && (base == null || metric.measures(base.get(row)));
            missing += both ? 0 : 1;
        }
        return missing == 0
                ? measured
                : measured.without(new Unmeasured(
                        missing,
                        rows,
                        metric.mostUnmeasured(),
                        of(
                                metric,
                                base == null ? null : Tallies.extreme(metric, base, true),
                                Tallies.extreme(metric, tuned, false),
                                bootstrap)));
    }

    private Measurement without(Unmeasured missing) {
        return new Measurement(metric, lowerIsBetter, before, after, interval, delta, rows - missing.rows(), missing);
    }

    private static Measurement of(Metric metric, @Nullable Tallies base, Tallies tuned, Bootstrap bootstrap) {
        return of(metric.name(), metric.lowerIsBetter(), base, tuned, bootstrap);
    }

    /**
     * Measures a score of tallies that were made before.
     *
     * @param base the base model's tallies, paired row by row with {@code tuned}; null without one
     * @param score from the sums of rows' tallies to the score
     */
    public static Measurement of(
            String name,
            boolean lowerIsBetter,
            double @Nullable [][] base,
            double[][] tuned,
            ToDoubleFunction<double[]> score,
            Bootstrap bootstrap) {
        return of(
                name,
                lowerIsBetter,
                base == null ? null : Tallies.of(score, base),
                Tallies.of(score, tuned),
                bootstrap);
    }

    private static Measurement of(
            String name, boolean lowerIsBetter, @Nullable Tallies before, Tallies after, Bootstrap bootstrap) {
        int rows = after.rows();
        Interval interval = bootstrap.interval(rows, after::score);
        Double beforeScore = null;
        Interval delta = null;
        if (before != null) {
            if (before.rows() != rows) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "%d rows of the base model cannot be paired with %d of the tuned one",
                        before.rows(),
                        rows));
            }
            beforeScore = before.score();
            delta = bootstrap.interval(rows, choice -> after.score(choice) - before.score(choice));
        }
        return new Measurement(name, lowerIsBetter, beforeScore, after.score(), interval, delta, rows);
    }

    /**
     * The same measurement, named as one of a named set.
     *
     * @param set name of the set; empty for the test split
     */
    public Measurement on(String set) {
        return named(Gate.on(metric, set));
    }

    /** The same measurement under another name. */
    Measurement named(String name) {
        return new Measurement(name, lowerIsBetter, before, after, interval, delta, rows, unmeasured);
    }
}
