package dev.septet.dsl.pipeline.search;

import static dev.septet.dsl.pipeline.Checks.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.dsl.pipeline.Checks;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting that a search varies: a list of values, or a range that a random search draws from.
 *
 * @param name the setting
 * @param values values to try, in the order of the file; empty = the range
 * @param from smallest value of the range; null = the values
 * @param to largest value of the range; null = the values
 * @param scale how the range is drawn from; null = the values
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DimensionSpec(
        Name name,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> values,
        @Nullable Double from,
        @Nullable Double to,
        @Nullable Scale scale) {
    /** How a random search draws from a range. */
    public enum Scale {
        /** All values are equally likely. */
        LINEAR,
        /** All orders of magnitude are equally likely: the logarithm is uniform. */
        LOG
    }

    /** The settings that a search can vary. The constants' order is the order of the loops of a grid. */
    public enum Name {
        /** Peak learning rate. */
        LEARNING_RATE("learningRate", Double.MIN_VALUE, Math.nextDown(1.0), false),
        /** Rank of the low-rank matrices, at the scaling that the file sets. */
        RANK("rank", 1, 1024, true),
        /** Rows of a micro-batch. */
        BATCH("batch", 1, 4096, true),
        /** Passes over the training split. */
        EPOCHS("epochs", 1, 100_000, true),
        /** Steps until the peak learning rate, in the whole training. */
        WARMUP("warmup", 0, 100_000_000, true),
        /** Weight decay of the optimizer. */
        WEIGHT_DECAY("weightDecay", 0, 1, false);

        private final String word;
        private final double least;
        private final double most;
        private final boolean whole;

        Name(String word, double least, double most, boolean whole) {
            this.word = word;
            this.least = least;
            this.most = most;
            this.whole = whole;
        }

        /** The word of a pipeline file. */
        public String word() {
            return word;
        }

        /** Whether its values are whole numbers. */
        public boolean whole() {
            return whole;
        }

        private void check(double value) {
            if (this == LEARNING_RATE) {
                require(value > 0 && value < 1, "learningRate must be above 0 and below 1");
            } else {
                require(value >= least && value <= most, "%s must be from %s to %s", word, (long) least, (long) most);
            }
            require(!whole || value == Math.rint(value), "%s takes whole numbers, got %s", word, value);
        }
    }

    public DimensionSpec {
        values = Checks.orEmpty(values);
        require((from == null) == !values.isEmpty(), "%s needs values to try, or a range", name.word());
        require(
                (from == null) == (to == null) && (from == null) == (scale == null),
                "%s: a range has two ends and a scale",
                name.word());
        values.forEach(name::check);
        require(new HashSet<>(values).size() == values.size(), "%s tries a value twice", name.word());
        if (from != null && to != null) {
            name.check(from);
            name.check(to);
            require(from < to, "%s between: the first value must be below the second", name.word());
            require(
                    scale != Scale.LOG || from > 0,
                    "%s between: a range with `scale: log` must begin above 0",
                    name.word());
        }
    }

    /** Values to try. */
    public static DimensionSpec of(Name name, List<Double> values) {
        return new DimensionSpec(name, values, null, null, null);
    }

    /** A range to draw from. */
    public static DimensionSpec between(Name name, double from, double to, Scale scale) {
        return new DimensionSpec(name, List.of(), from, to, scale);
    }

    /** Whether it is a range. */
    public boolean range() {
        return from != null;
    }

    /** The largest value that a search may come to. */
    public double largest() {
        return to != null
                ? to
                : values.stream().mapToDouble(value -> value).max().orElseThrow();
    }
}
