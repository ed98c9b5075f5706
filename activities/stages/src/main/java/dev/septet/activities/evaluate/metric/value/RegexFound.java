package dev.septet.activities.evaluate.metric.value;

import dev.septet.activities.answer.BoundedMatch;
import dev.septet.activities.evaluate.metric.MeanOfRows;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.expression.regex.Regex;
import dev.septet.dsl.expression.regex.RegexProblem;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.Objects;

/**
 * Fraction of answers in which a regular expression finds a match. The reference is not read. A match that takes more than
 * 50 million steps counts as none.
 */
public final class RegexFound extends MeanOfRows {
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
        return BoundedMatch.found(regex, answer) ? 1 : 0;
    }
}
