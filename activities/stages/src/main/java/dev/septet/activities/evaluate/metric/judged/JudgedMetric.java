package dev.septet.activities.evaluate.metric.judged;

import dev.septet.activities.evaluate.metric.AnswerFacts;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.activities.evaluate.metric.Outcome;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Mean over the measured rows of a number that judges or people give to an answer. The evaluation measures it before. */
abstract class JudgedMetric implements Metric {
    private final String name;
    private final double unmeasured;

    JudgedMetric(String name, @Nullable MetricArguments arguments) {
        this(
                name,
                arguments == null
                        ? 0
                        : Objects.requireNonNull(arguments.judge()).unmeasured());
    }

    /**
     * @param unmeasured the largest share of rows without a number with which the metric may pass
     */
    JudgedMetric(String name, double unmeasured) {
        this.name = name;
        this.unmeasured = unmeasured;
    }

    /** The number of a row; NaN = the judges gave no verdict, null = no judge was asked. */
    abstract @Nullable Double verdict(AnswerFacts facts);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final boolean lowerIsBetter() {
        return false;
    }

    @Override
    public final boolean readsAnswer() {
        return true;
    }

    @Override
    public final boolean readsTextOnly() {
        return false;
    }

    @Override
    public final double[] tally(Outcome outcome) {
        AnswerFacts facts = outcome.facts();
        Double verdict = facts == null || outcome.answer() == null ? null : verdict(facts);
        if (verdict == null) {
            return new double[] {Double.NaN, 1};
        }
        return verdict.isNaN() ? new double[] {0, 0} : new double[] {verdict, 1};
    }

    @Override
    public final boolean measures(Outcome outcome) {
        return tally(outcome)[1] == 1;
    }

    @Override
    public final double[] extreme(boolean best) {
        return new double[] {best ? 1 : 0, 1};
    }

    @Override
    public final double mostUnmeasured() {
        return unmeasured;
    }

    @Override
    public final double score(double[] sums) {
        return sums[0] / sums[1];
    }
}
