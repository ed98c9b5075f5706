package dev.septet.activities.evaluate.gate;

import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a score was computed from, row by row. So the score can be compared with that of another form of the same model.
 * The rows of both are the same, in the same order.
 */
public sealed interface ScoredRows {
    /** The name of the score, as the gate has it. */
    String name();

    /** Name of the metric or of the part of the exam, without its set of rows. */
    String on();

    /** Whether a smaller score is better. */
    boolean lowerIsBetter();

    /**
     * Whether the score is a share of bad rows, from 0 to 1. A fraction of it would allow nothing where no row is bad, so a
     * margin is then a fraction of the share of the other rows.
     */
    boolean shareOfBad();

    /**
     * Measures this model's score, and its difference to the other model's.
     *
     * @param other the same score of the other model
     * @throws IllegalArgumentException when the rows are not the same
     */
    Measurement against(ScoredRows other, Bootstrap bootstrap);

    /** A metric of answers and losses. */
    static ScoredRows of(String name, String on, Metric metric, List<Outcome> outcomes) {
        return new OfMetric(name, on, metric, outcomes);
    }

    /** A score of sums over rows, such as that of a benchmark. */
    static ScoredRows of(
            String name, String on, boolean lowerIsBetter, double[][] tallies, ToDoubleFunction<double[]> score) {
        return new OfTallies(name, on, lowerIsBetter, false, tallies, tallies, score);
    }

    /** A mean of one number per row, from 0 to 1; NaN for a row that was not measured, which makes the score NaN. */
    static ScoredRows mean(String name, String on, double[] values) {
        return new OfTallies(
                name, on, false, false, filled(values, Double.NaN), filled(values, Double.NaN), ScoredRows::ratio);
    }

    /**
     * A ratio of two sums over rows, which is a share of something bad.
     *
     * @param upper what each row adds to the upper sum
     * @param lower what each row adds to the lower sum
     */
    static ScoredRows ratioOfBad(String name, String on, double[] upper, double[] lower) {
        return ratioOfBad(name, on, upper, upper, lower);
    }

    /**
     * A ratio of bad things, some of which were not measured.
     *
     * @param worst the upper sum where what was not measured is bad, for this model
     * @param best the upper sum where it is not, for the model that another is compared with
     */
    static ScoredRows ratioOfBad(String name, String on, double[] worst, double[] best, double[] lower) {
        return new OfTallies(name, on, true, true, pairs(worst, lower), pairs(best, lower), ScoredRows::ratio);
    }

    private static double[][] pairs(double[] upper, double[] lower) {
        return IntStream.range(0, upper.length)
                .mapToObj(row -> new double[] {upper[row], lower[row]})
                .toArray(double[][]::new);
    }

    /**
     * A share of rows. A row that was not measured counts against the form, and for the model that it is compared with.
     *
     * @param values 1 for a row that counts, 0 for another, NaN for a row that was not measured
     */
    static ScoredRows share(String name, String on, boolean lowerIsBetter, double[] values) {
        return new OfTallies(
                name,
                on,
                lowerIsBetter,
                lowerIsBetter,
                filled(values, lowerIsBetter ? 1 : 0),
                filled(values, lowerIsBetter ? 0 : 1),
                ScoredRows::ratio);
    }

    private static double[][] filled(double[] values, double unmeasured) {
        return Arrays.stream(values)
                .mapToObj(value -> new double[] {Double.isNaN(value) ? unmeasured : value, 1})
                .toArray(double[][]::new);
    }

    private static double ratio(double[] sums) {
        return sums[1] == 0 ? Double.NaN : sums[0] / sums[1];
    }

    /** The rows of a metric. */
    record OfMetric(String name, String on, Metric metric, List<Outcome> outcomes) implements ScoredRows {
        public OfMetric {
            outcomes = List.copyOf(outcomes);
        }

        @Override
        public boolean lowerIsBetter() {
            return metric.lowerIsBetter();
        }

        @Override
        public boolean shareOfBad() {
            return false;
        }

        @Override
        public Measurement against(ScoredRows other, Bootstrap bootstrap) {
            if (!(other instanceof OfMetric model)) {
                throw new IllegalArgumentException("other rows than those of the metric " + name);
            }
            Measurement measured = Measurement.of(metric, model.outcomes, outcomes, bootstrap);
            return measured.named(name);
        }
    }

    /** Rows whose tallies were made before. */
    final class OfTallies implements ScoredRows {
        private final String name;
        private final String on;
        private final boolean lowerIsBetter;
        private final boolean shareOfBad;
        private final double[][] tallies;
        private final double[][] best;
        private final ToDoubleFunction<double[]> score;

        private OfTallies(
                String name,
                String on,
                boolean lowerIsBetter,
                boolean shareOfBad,
                double[][] tallies,
                double[][] best,
                ToDoubleFunction<double[]> score) {
            this.name = name;
            this.on = on;
            this.lowerIsBetter = lowerIsBetter;
            this.shareOfBad = shareOfBad;
            this.tallies = tallies;
            this.best = best;
            this.score = score;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String on() {
            return on;
        }

        @Override
        public boolean lowerIsBetter() {
            return lowerIsBetter;
        }

        @Override
        public boolean shareOfBad() {
            return shareOfBad;
        }

        @Override
        public Measurement against(ScoredRows other, Bootstrap bootstrap) {
            if (!(other instanceof OfTallies model) || model.best.length != tallies.length) {
                throw new IllegalArgumentException("other rows than those of " + name);
            }
            // Rows that add to neither ratio would give resamples without a ratio.
            int[] counting = IntStream.range(0, tallies.length)
                    .filter(row -> !shareOfBad || tallies[row][1] != 0 || model.best[row][1] != 0)
                    .toArray();
            return Measurement.of(
                    name, lowerIsBetter, chosen(model.best, counting), chosen(tallies, counting), score, bootstrap);
        }

        private static double[][] chosen(double[][] rows, int[] choice) {
            return Arrays.stream(choice).mapToObj(row -> rows[row]).toArray(double[][]::new);
        }
    }
}
