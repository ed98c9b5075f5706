package dev.septet.activities.evaluate.comparison;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.activities.evaluate.gate.Interval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The difference of one value between two runs: {@code second - first}.
 *
 * @param first index of a run
 * @param second index of another run
 * @param method how the interval was made; NONE when the values are not comparable or have no intervals
 * @param difference NaN without a method
 * @param interval 95 % interval of the difference; null without a method
 * @param p two-sided p-value of no difference; null without a method
 * @param adjusted the p-value after Holm's correction over all pairs of runs of this value; null without a method
 * @param gained rows that only the second run passes; null unless McNemar's test was used
 * @param lost rows that only the first run passes; null unless McNemar's test was used
 * @param reasons why the values are not comparable; empty when they are
 * @param notes what must be known to read the difference
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Contrast(
        int first,
        int second,
        Method method,
        double difference,
        @Nullable Interval interval,
        @Nullable Double p,
        @Nullable Double adjusted,
        @Nullable Integer gained,
        @Nullable Integer lost,
        List<String> reasons,
        List<String> notes) {
    /** How an interval of a difference was made. */
    public enum Method {
        /** Bootstrap over rows that both runs answered; p from McNemar's exact test or from swapped rows. */
        PAIRED("paired"),
        /** From the two runs' own intervals, as if they were independent. */
        UNPAIRED("unpaired"),
        NONE("-");

        private final String words;

        Method(String words) {
            this.words = words;
        }

        /** The method for people. */
        public String words() {
            return words;
        }
    }

    public Contrast {
        reasons = List.copyOf(reasons);
        notes = List.copyOf(notes);
    }

    /** Values that are not comparable. */
    static Contrast none(int first, int second, List<String> reasons, List<String> notes) {
        return new Contrast(first, second, Method.NONE, Double.NaN, null, null, null, null, null, reasons, notes);
    }

    /** Whether the values can be compared at all. */
    public boolean comparable() {
        return reasons.isEmpty();
    }

    /** Whether the interval of the difference does not contain 0. */
    public boolean excludesZero() {
        return interval != null && (interval.low() > 0 || interval.high() < 0);
    }

    Contrast adjusted(double value) {
        return new Contrast(first, second, method, difference, interval, p, value, gained, lost, reasons, notes);
    }

    Contrast of(int one, int other, List<String> more) {
        return new Contrast(one, other, method, difference, interval, p, adjusted, gained, lost, reasons, more);
    }

    /** The same difference in the other direction. */
    Contrast reversed() {
        Interval range = interval;
        return new Contrast(
                second,
                first,
                method,
                -difference,
                range == null ? null : new Interval(-range.high(), -range.low()),
                p,
                adjusted,
                lost,
                gained,
                reasons,
                notes);
    }
}
