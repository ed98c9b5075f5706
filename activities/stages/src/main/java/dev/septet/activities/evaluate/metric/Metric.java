package dev.septet.activities.evaluate.metric;

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

    /**
     * The score of summed tallies, over at least one row.
     *
     * @return NaN when it is not defined
     */
    double score(double[] sums);
}
