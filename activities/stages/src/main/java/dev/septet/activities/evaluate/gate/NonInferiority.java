package dev.septet.activities.evaluate.gate;

import dev.septet.dsl.pipeline.evaluate.CompareSpec;
import dev.septet.workflows.artifact.Verdict;

/**
 * Compares the tuned model with another one, row by row (non-inferiority). The gain is positive
 * when the tuned model is better. The gain and its whole 95 % interval must be at least {@code
 * -tolerance * |before|}. With a required gain, they must be above {@code minGain * |before|}.
 */
public final class NonInferiority {
    private NonInferiority() {}

    /**
     * Judges a measurement.
     *
     * @param other the other model in a sentence, such as {@code the base model}
     */
    static Judgement judge(Measurement measured, String other, CompareSpec compare) {
        return judge(measured, other, compare, false);
    }

    /**
     * Judges a measurement.
     *
     * @param shareOfBad whether the score is a share of bad rows; then the tolerance is a fraction of {@code 1 - before}
     */
    static Judgement judge(Measurement measured, String other, CompareSpec compare, boolean shareOfBad) {
        Double before = measured.before();
        Interval delta = measured.delta();
        if (before == null || delta == null || Double.isNaN(before)) {
            return Gate.missing("The %s's %s".formatted(other.substring(4), measured.metric()));
        }
        double change = measured.after() - before;
        if (Double.isNaN(change)) {
            return Gate.missing(measured.metric());
        }
        double least = compare.leastGain() * (shareOfBad ? 1 - before : Math.abs(before));
        Verdict verdict = Bound.least(
                measured.lowerIsBetter() ? -change : change,
                measured.lowerIsBetter() ? delta.negated() : delta,
                least,
                compare.minGain() != null,
                measured.rows());
        return new Judgement(verdict, why(measured, other, before, delta, verdict, compare, least));
    }

    /**
     * The reason of a verdict.
     *
     * @param least the smallest accepted gain
     */
    private static String why(
            Measurement measured,
            String other,
            double before,
            Interval delta,
            Verdict verdict,
            CompareSpec compare,
            double least) {
        double change = measured.after() - before;
        String moved = change == 0
                ? "%s stayed at %s".formatted(measured.metric(), Figures.of(before))
                : "%s %s from %s to %s"
                        .formatted(
                                measured.metric(),
                                change > 0 ? "rose" : "fell",
                                Figures.of(before),
                                Figures.of(measured.after()));
        Double gain = compare.minGain();
        if (gain != null) {
            return moved
                    + (verdict == Verdict.NO_GO ? ", not " : ", ")
                    + (gain == 0 ? "better than " + other : "more than %s better than %s".formatted(share(gain), other))
                    + (verdict == Verdict.INCONCLUSIVE ? undecided(measured, change, delta, least, "") : "");
        }
        String allowed = compare.tolerance() == 0
                ? "worse than " + other
                : "more than %s worse than %s".formatted(share(compare.tolerance()), other);
        return moved
                + switch (verdict) {
                    case GO -> ", not " + allowed;
                    case NO_GO -> ", " + allowed;
                    case INCONCLUSIVE -> undecided(measured, change, delta, least, " reaches to " + allowed);
                };
    }

    /**
     * Why nothing is decided.
     *
     * @param least the smallest accepted gain
     * @param reaches what the interval does; empty where it does not lie above a required gain
     */
    private static String undecided(Measurement measured, double change, Interval delta, double least, String reaches) {
        if (measured.rows() < Bound.MINIMUM_ROWS) {
            return Gate.fewRows(measured.rows());
        }
        return ", but the change's 95 %% interval (%s)%s"
                        .formatted(Figures.of(delta), reaches.isEmpty() ? " is not all so" : reaches)
                + MoreRows.words(
                        "",
                        measured.rows(),
                        (measured.lowerIsBetter() ? -change : change) - least,
                        measured.lowerIsBetter() ? delta.high() - change : change - delta.low());
    }

    private static String share(double fraction) {
        return Figures.percent(fraction).substring(1);
    }
}
