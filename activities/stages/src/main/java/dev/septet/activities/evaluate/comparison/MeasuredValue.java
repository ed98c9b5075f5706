package dev.septet.activities.evaluate.comparison;

import dev.septet.activities.evaluate.gate.Interval;
import org.jspecify.annotations.Nullable;

/**
 * One number that an evaluation measured.
 *
 * @param kind what kind of measure it is; two values are compared only if kind, metric and set are equal
 * @param metric name of the metric, without its set
 * @param set name of the set of test rows; empty for the test split
 * @param value NaN when it could not be measured
 * @param interval 95 % interval of the value; null where none is recorded
 * @param rows number of rows that it was measured on
 * @param lowerIsBetter null where nothing says which direction is better
 * @param exam digest or name of what was asked besides the set's rows; null where it is not recorded
 * @param detail what must be known to read the value; may be empty
 */
public record MeasuredValue(
        Kind kind,
        String metric,
        String set,
        double value,
        @Nullable Interval interval,
        long rows,
        @Nullable Boolean lowerIsBetter,
        @Nullable String exam,
        String detail) {
    /** The kinds of measures, in the order in which they are shown. */
    public enum Kind {
        METRIC("metrics"),
        SLICE("worst slices"),
        FORGETTING("forgetting"),
        BENCHMARK("benchmarks"),
        CHECK("checks"),
        SAFETY("safety"),
        LABEL("labels"),
        JUDGE("judges");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** The kind for people. */
        public String words() {
            return words;
        }
    }

    /** What values of several runs are lined up by. */
    record Key(Kind kind, String metric, String set) {}

    Key key() {
        return new Key(kind, metric, set);
    }
}
