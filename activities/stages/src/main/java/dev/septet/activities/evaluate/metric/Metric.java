package dev.septet.activities.evaluate.metric;

import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.List;
import java.util.Optional;

/**
 * A score that is a function of sums over rows. Each row is converted to its tally once. Every
 * score, including each of a bootstrap's thousand resamples, is then {@link #score} of a sum of
 * tallies. Both corpus metrics such as BLEU and means such as ROUGE have this form, and batching
 * does not change the score.
 *
 * <p>Septet's metrics are found by {@link java.util.ServiceLoader}. A jar adds its own with {@link MetricExtension}.
 */
public interface Metric {
    /** The metric's name in the pipeline file. */
    String name();

    /** Whether a smaller score is better. */
    boolean lowerIsBetter();

    /** Whether the model must generate an answer; other metrics only need the reference's loss. */
    boolean readsAnswer();

    /** Whether every row must be a preference pair. */
    default boolean readsPairs() {
        return false;
    }

    /** Whether an answer's text and the reference are enough for a row's tally, without arguments. */
    default boolean readsTextOnly() {
        return readsAnswer();
    }

    /** What the metric needs of a model besides one answer and the loss. */
    default AnswerNeeds needs() {
        return AnswerNeeds.NONE;
    }

    /**
     * The same metric with what a pipeline file writes in parentheses behind it.
     *
     * @throws IllegalArgumentException when it takes no such arguments, with the reason for the file's author
     */
    default Metric with(MetricArguments arguments) {
        throw new IllegalArgumentException("the metric %s takes no arguments".formatted(name()));
    }

    /**
     * The same metric for these rows. A metric whose tallies depend on all rows, such as on the set of labels, reads
     * them here.
     */
    default Metric fit(List<Outcome> outcomes) {
        return this;
    }

    /**
     * The first row that the metric cannot score, whatever a model answers; empty when it can score all.
     *
     * @param references the reference answers
     */
    default Optional<Misfit> misfit(List<String> references) {
        return Optional.empty();
    }

    /**
     * A row that a metric cannot score.
     *
     * @param row its index
     * @param reason what is wrong with its reference answer, without words of it
     * @param next what to do
     */
    record Misfit(int row, String reason, String next) {}

    /** Whether the score is the mean of one number per row, from 0 to 1. */
    default boolean isShare() {
        return false;
    }

    /**
     * What one row adds to the sums; the length is the same for every row.
     *
     * @return NaN when the outcome lacks what the metric needs, which makes the score NaN
     */
    double[] tally(Outcome outcome);

    /** Whether the metric is about the row. Other rows are left out, as if the set did not have them. */
    default boolean covers(Outcome outcome) {
        return true;
    }

    /**
     * Whether the row was measured. A row that was not adds nothing to the sums. The gate then also computes the score with
     * the extremes of such rows, and says GO only if that score passes too.
     */
    default boolean measures(Outcome outcome) {
        return true;
    }

    /** The tally of the best or the worst row, which stands for rows that were not measured. */
    default double[] extreme(boolean best) {
        throw new IllegalStateException("the metric %s measures every row".formatted(name()));
    }

    /** The largest share of rows that were not measured, with which the gate may say GO; from 0 to 1. */
    default double mostUnmeasured() {
        return 0;
    }

    /**
     * The score of summed tallies, over at least one row.
     *
     * @return NaN when it is not defined
     */
    double score(double[] sums);
}
