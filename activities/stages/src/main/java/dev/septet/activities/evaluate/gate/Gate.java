package dev.septet.activities.evaluate.gate;

import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.dsl.pipeline.evaluate.MetricSpec;
import dev.septet.workflows.artifact.Score;
import dev.septet.workflows.artifact.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares measurements with the bounds of the pipeline file; {@link Bound} is the rule. One metric
 * may have several checks (above, below, not worse than the base model); its verdict is the worst
 * of theirs. A metric without checks is reported, and is NO_GO only when its number is missing.
 */
public final class Gate {
    /** Name of the forgetting budget's score. The other scores have the names of their metrics. */
    public static final String FORGETTING = "forgetting";

    /** Suffix of a metric's name in its score against the deployed model. */
    private static final String CHAMPION = " vs champion";

    private static final Pattern RETRIEVAL = Pattern.compile(" vs retrieval by [a-z]+$");

    private Gate() {}

    /** The gate's verdict: the worst of all scores, NO_GO when there is none. */
    public static Verdict verdict(List<Score> scores) {
        return Judgement.worst(scores.stream().map(Score::verdict));
    }

    /**
     * One metric's score and verdict.
     *
     * @param compare null when the file has no comparison
     */
    public static Score judge(Measurement measured, MetricSpec spec, @Nullable CompareSpec compare) {
        return judge(measured, spec.above(), spec.below(), compare);
    }

    /**
     * One score and its verdict.
     *
     * @param above the score must be above this; null = no lower bound
     * @param below the score must be below this; null = no upper bound
     * @param compare null when the file has no comparison
     */
    public static Score judge(
            Measurement measured, @Nullable Double above, @Nullable Double below, @Nullable CompareSpec compare) {
        return score(measured, measured.metric(), careful(measured, each -> judgement(each, above, below, compare)));
    }

    /** With rows that were not measured, GO needs that the worst scores for them would be GO too. */
    private static Judgement careful(Measurement measured, Function<Measurement, Judgement> rule) {
        Judgement judgement = rule.apply(measured);
        Measurement.Unmeasured missing = measured.unmeasured();
        if (missing == null) {
            return judgement;
        }
        return judgement.careful(
                missing.rows(),
                missing.all(),
                missing.most(),
                "rows",
                measured.metric(),
                rule.apply(missing.worst()),
                missing.worst().after());
    }

    private static Judgement judgement(
            Measurement measured, @Nullable Double above, @Nullable Double below, @Nullable CompareSpec compare) {
        List<Judgement> judgements = new ArrayList<>();
        if (above != null) {
            judgements.add(above(measured, above));
        }
        if (below != null) {
            judgements.add(below(measured, below));
        }
        if (compare != null) {
            judgements.add(NonInferiority.judge(measured, "the base model", compare));
        }
        if (judgements.isEmpty()) {
            judgements.add(
                    Double.isNaN(measured.after())
                            ? missing(measured.metric())
                            : new Judgement(
                                    Verdict.GO,
                                    "%s is %s; no bound was asked for"
                                            .formatted(measured.metric(), Figures.of(measured.after()))));
        }
        return Judgement.worst(judgements);
    }

    /**
     * The forgetting budget: the suite's loss may rise by at most {@code maxDrop} times the base
     * model's loss.
     *
     * @param measured the metric {@code loss} on the suite, with the base model's value
     */
    public static Score forgetting(Measurement measured, ForgettingSpec spec) {
        return score(measured, FORGETTING, Forgetting.judge(measured, spec));
    }

    /**
     * One metric against the deployed model: {@code before} of its score is that model's value.
     *
     * @param other the deployed model in a sentence, such as {@code the champion}
     */
    public static Score against(Measurement measured, String other, CompareSpec compare) {
        return score(
                measured,
                measured.metric() + CHAMPION,
                careful(measured, each -> NonInferiority.judge(each, other, compare)));
    }

    /**
     * One metric against a rival: {@code before} of its score is the rival's value.
     *
     * @param rival the rival in the score's name, such as {@code retrieval by words}
     * @param other the rival in a sentence, such as {@code the base model with retrieval by words}
     */
    public static Score against(Measurement measured, String rival, String other, CompareSpec compare) {
        return score(
                measured,
                "%s vs %s".formatted(measured.metric(), rival),
                careful(measured, each -> NonInferiority.judge(each, other, compare)));
    }

    /**
     * A score of another form of the tuned model, such as a quantized one: the gate's verdict about it, and a comparison with
     * the unquantized model, whose value is {@code before} of the result.
     *
     * @param gate the form's score by the rules of the evaluation
     * @param rows what the score was computed from
     * @param unquantized the same of the unquantized model
     * @param maxDrop how much worse the form may be, as a fraction of the unquantized model's value; null = any
     */
    public static Score ofForm(
            Score gate, ScoredRows rows, ScoredRows unquantized, @Nullable Double maxDrop, Bootstrap bootstrap) {
        Measurement measured = rows.against(unquantized, bootstrap);
        Judgement own = new Judgement(gate.verdict(), sentence(gate.why()));
        return score(
                measured,
                gate.metric(),
                maxDrop == null
                        ? own
                        : Judgement.worst(List.of(
                                own,
                                careful(
                                        measured,
                                        each -> NonInferiority.judge(
                                                each,
                                                "the unquantized model",
                                                new CompareSpec(maxDrop),
                                                rows.shareOfBad())))));
    }

    /** A reason without its full stop. */
    private static String sentence(String why) {
        return why.endsWith(".") ? why.substring(0, why.length() - 1) : why;
    }

    /** Whether a score compares with the deployed model, or with the base model with retrieval. */
    public static boolean isAgainst(String metric) {
        return metric.endsWith(CHAMPION) || RETRIEVAL.matcher(metric).find();
    }

    /**
     * The name of a metric's score on a set of rows.
     *
     * @param set name of the set; empty for the test split
     */
    public static String on(String metric, String set) {
        return set.isEmpty() ? metric : metric + " on " + set;
    }

    /** Whether a score is a metric's on the test split, and no comparison, slice, set or budget. */
    public static boolean isOfTestSplit(String metric) {
        return metric.indexOf(' ') < 0 && !metric.equals(FORGETTING);
    }

    static Judgement missing(String what) {
        return new Judgement(Verdict.NO_GO, what + " is missing (not a number), and a missing number is a no");
    }

    private static Judgement above(Measurement measured, double bound) {
        return bounded(
                measured,
                Bound.least(measured.after(), measured.interval(), bound, true, measured.rows()),
                "above " + Figures.of(bound),
                MoreRows.words(
                        "",
                        measured.rows(),
                        measured.after() - bound,
                        measured.after() - measured.interval().low()));
    }

    private static Judgement below(Measurement measured, double bound) {
        return bounded(
                measured,
                Bound.least(-measured.after(), measured.interval().negated(), -bound, true, measured.rows()),
                "below " + Figures.of(bound),
                MoreRows.words(
                        "",
                        measured.rows(),
                        bound - measured.after(),
                        measured.interval().high() - measured.after()));
    }

    private static Judgement bounded(Measurement measured, Verdict verdict, String requirement, String more) {
        if (Double.isNaN(measured.after())) {
            return missing(measured.metric());
        }
        String is = "%s is %s, ".formatted(measured.metric(), Figures.of(measured.after()));
        String interval = "95 % interval (" + Figures.of(measured.interval()) + ")";
        return new Judgement(
                verdict,
                is
                        + switch (verdict) {
                            case GO -> requirement + " with its whole " + interval;
                            case NO_GO -> "not " + requirement;
                            case INCONCLUSIVE ->
                                measured.rows() < Bound.MINIMUM_ROWS
                                        ? requirement + fewRows(measured.rows())
                                        : requirement + ", but not all of its " + interval + " is" + more;
                        });
    }

    static String fewRows(int rows) {
        return String.format(
                Locale.ROOT, ", but on only %d rows: at least %d are needed to decide", rows, Bound.MINIMUM_ROWS);
    }

    static Score score(Measurement measured, String name, Judgement judgement) {
        Interval delta = measured.delta();
        return new Score(
                name,
                measured.before(),
                measured.after(),
                delta == null ? null : delta.low(),
                delta == null ? null : delta.high(),
                measured.rows(),
                judgement.verdict(),
                judgement.why() + ".");
    }
}
