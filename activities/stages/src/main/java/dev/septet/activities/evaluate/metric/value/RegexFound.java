package dev.septet.activities.evaluate.metric.value;

import dev.septet.activities.evaluate.metric.MeanOfRows;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.Objects;

/**
 * Fraction of answers in which a regular expression finds a match. The reference is not read. A match that takes more than
 * {@value #MOST_STEPS} steps counts as none.
 */
public final class RegexFound extends MeanOfRows {
    static final long MOST_STEPS = 50_000_000;

    private final Regex regex;

    /** Finds every answer; see {@link #with}. */
    public RegexFound() {
        this(Regex.of(""));
    }

    private RegexFound(Regex regex) {
        this.regex = regex;
    }

    @Override
    public String name() {
        return "regex";
    }

    @Override
    public boolean readsTextOnly() {
        return false;
    }

    @Override
    public Metric with(MetricArguments arguments) {
        try {
            return new RegexFound(Regex.of(Objects.requireNonNull(arguments.pattern())));
        } catch (RegexProblem e) {
            throw new IllegalArgumentException("the pattern of regex: " + e.getMessage(), e);
        }
    }

    @Override
    protected double row(String reference, String answer) {
        return found(regex, answer) ? 1 : 0;
    }

    /** Whether a text contains a match, within the limit of steps. */
    static boolean found(Regex regex, String text) {
        long[] steps = {0};
        try {
            return regex.found(text, more -> {
                steps[0] += more;
                if (steps[0] > MOST_STEPS) {
                    throw new TooManySteps();
                }
            });
        } catch (TooManySteps endless) {
            return false;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        TooManySteps() {
            super("the match takes too many steps", null, false, false);
        }
    }
}
