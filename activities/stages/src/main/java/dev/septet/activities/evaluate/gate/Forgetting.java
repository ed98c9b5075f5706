package dev.septet.activities.evaluate.gate;

import dev.septet.dsl.pipeline.evaluate.ForgettingSpec;
import dev.septet.workflows.artifact.Verdict;

/**
 * The loss of general capability through fine-tuning. It is the relative rise of the mean loss on a
 * suite of general rows, {@code after / before - 1}. The rise and its whole 95 % interval (of the
 * paired difference, divided by {@code before}) must be at most the budget.
 */
final class Forgetting {
    private Forgetting() {}

    static Judgement judge(Measurement measured, ForgettingSpec spec) {
        Double before = measured.before();
        Interval delta = measured.delta();
        if (before == null || delta == null || !(before > 0)) {
            return Gate.missing("The base model's loss on the forgetting suite");
        }
        double rise = measured.after() / before - 1;
        if (Double.isNaN(rise)) {
            return Gate.missing("The tuned model's loss on the forgetting suite");
        }
        Interval range = delta.over(before);
        Verdict verdict = Bound.least(-rise, range.negated(), -spec.maxDrop(), false, measured.rows());
        String moved = "The forgetting suite's loss went from %s to %s (%s)"
                .formatted(Figures.of(before), Figures.of(measured.after()), Figures.percent(rise));
        String budget = "the budget of " + Figures.percent(spec.maxDrop());
        return new Judgement(
                verdict,
                moved
                        + switch (verdict) {
                            case GO -> ", within " + budget;
                            case NO_GO -> ", over " + budget;
                            case INCONCLUSIVE ->
                                measured.rows() < Bound.MINIMUM_ROWS
                                        ? Gate.fewRows(measured.rows())
                                        : ", but its 95 %% interval (%s to %s) leaves %s"
                                                        .formatted(
                                                                Figures.percent(range.low()),
                                                                Figures.percent(range.high()),
                                                                budget)
                                                + MoreRows.words(
                                                        "of the suite",
                                                        measured.rows(),
                                                        spec.maxDrop() - rise,
                                                        range.high() - rise);
                        });
    }
}
