package dev.septet.activities.evaluate.gate;

import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The bound of a check on a value from 0 to 1, where a value equal to the bound meets it. {@link Bound} is the rule.
 *
 * @param what the value in a sentence, such as {@code the flip rate}
 * @param least whether the bound is the smallest accepted value; else it is the largest
 * @param bound null = no bound
 * @param option the option of the pipeline file that sets the bound
 */
public record Limit(String what, boolean least, @Nullable Double bound, String option) {
    /** A largest accepted value. */
    public static Limit most(String what, @Nullable Double bound, String option) {
        return new Limit(what, false, bound, option);
    }

    /** A smallest accepted value. */
    public static Limit least(String what, @Nullable Double bound, String option) {
        return new Limit(what, true, bound, option);
    }

    /**
     * Judges a value that was measured on a sample of rows.
     *
     * @param name name of the score
     * @param before the base model's value; null when it was not measured
     * @param missing what to do when the value is NaN
     */
    public Score sample(
            String name, @Nullable Double before, double value, Interval interval, int rows, String missing) {
        return score(name, before, value, rows, judgement(value, interval, rows, missing));
    }

    /**
     * Values of a sample that were not measured, and do not count in the ratio.
     *
     * @param count number of these values
     * @param all number of all values
     * @param most the largest share of them with which the verdict may be GO
     * @param worst the ratio in which each of them is the worst value
     * @param things the values in a sentence, such as {@code sentences}
     */
    public record Missing(int count, int all, double most, RatioOfRows worst, String things) {}

    /**
     * Judges a ratio of a sample with values that were not measured: GO needs that the worst values for them would be GO too.
     *
     * @param missing what to do when the ratio is NaN
     */
    public Score sample(String name, RatioOfRows ratio, Missing unmeasured, String missing) {
        Judgement judgement = judgement(ratio, missing);
        RatioOfRows worst = unmeasured.worst();
        return score(
                name,
                null,
                ratio.value(),
                ratio.rows(),
                unmeasured.count() == 0
                        ? judgement
                        : judgement.careful(
                                unmeasured.count(),
                                unmeasured.all(),
                                unmeasured.most(),
                                unmeasured.things(),
                                what,
                                judgement(worst, missing),
                                worst.value()));
    }

    private Judgement judgement(RatioOfRows ratio, String missing) {
        return judgement(ratio.value(), ratio.interval(), ratio.rows(), missing);
    }

    private Judgement judgement(double value, Interval interval, int rows, String missing) {
        if (Double.isNaN(value)) {
            return new Judgement(Verdict.NO_GO, what + " could not be measured: " + missing);
        }
        String is = "%s is %s".formatted(what, Figures.of(value));
        if (bound == null) {
            return new Judgement(Verdict.GO, is + "; no bound was asked for");
        }
        Verdict verdict = least
                ? Bound.least(value, interval, bound, false, rows)
                : Bound.least(-value, interval.negated(), -bound, false, rows);
        String requirement = words();
        String range = "95 % interval (" + Figures.of(interval) + ")";
        String why = is
                + switch (verdict) {
                    case GO -> ", " + requirement + " with its whole " + range;
                    case NO_GO -> ", not " + requirement;
                    case INCONCLUSIVE ->
                        rows < Bound.MINIMUM_ROWS
                                ? ", " + requirement + Gate.fewRows(rows)
                                : ", %s, but not all of its %s is%s"
                                        .formatted(
                                                requirement,
                                                range,
                                                MoreRows.words(
                                                        "",
                                                        rows,
                                                        Math.abs(bound - value),
                                                        least ? value - interval.low() : interval.high() - value));
                };
        return new Judgement(verdict, why);
    }

    /**
     * Judges a value that is known exactly, because it was counted and not sampled. Without a bound, a value other than 0 is
     * INCONCLUSIVE: people must say whether they accept it.
     *
     * @param name name of the score
     */
    public Score counted(String name, double value, int rows) {
        if (Double.isNaN(value)) {
            return score(name, null, value, rows, Gate.missing(what));
        }
        String is = "%s is %s".formatted(what, Figures.of(value));
        if (bound == null) {
            return score(
                    name,
                    null,
                    value,
                    rows,
                    value > 0
                            ? new Judgement(
                                    Verdict.INCONCLUSIVE,
                                    "%s, and no `%s:` says how much is accepted; set it, or remove the cause"
                                            .formatted(is, option))
                            : new Judgement(Verdict.GO, is));
        }
        boolean holds = least ? value >= bound : value <= bound;
        return score(
                name,
                null,
                value,
                rows,
                new Judgement(holds ? Verdict.GO : Verdict.NO_GO, is + (holds ? ", " : ", not ") + words()));
    }

    private String words() {
        return (least ? "at least " : "at most ") + Figures.of(bound == null ? Double.NaN : bound);
    }

    private static Score score(String name, @Nullable Double before, double value, int rows, Judgement judgement) {
        return new Score(name, before, value, null, null, rows, judgement.verdict(), judgement.why() + ".");
    }
}
