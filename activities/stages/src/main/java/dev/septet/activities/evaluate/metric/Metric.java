package dev.septet.activities.evaluate.metric;

/**
 * A score over rows that is a function of sums over rows. A row is turned into its tally once;
 * every score, and every one of a bootstrap's thousand resamples, is then {@link #score} of a sum
 * of tallies. Corpus metrics such as BLEU and means such as ROUGE fit alike, and the score of rows
 * in batches is exactly the score of the rows.
 *
 * <p>Those of Septet are found by {@link java.util.ServiceLoader}. A jar adds its own with {@link
 * MetricExtension}.
 */
public interface Metric {
    /** The word in the pipeline file. */
    String name();

    /** Whether a smaller score is the better one. */
    boolean lowerIsBetter();

    /** Whether the model must write an answer; the others only need the reference's loss. */
    boolean readsAnswer();

    /** Whether a row must be a pair of answers. */
    default boolean readsPairs() {
        return false;
    }

    /**
     * What one row adds to the sums; as long for every row.
     *
     * @return NaN where the outcome lacks what the metric needs, which makes the score NaN
     */
    double[] tally(Outcome outcome);

    /**
     * The score of summed tallies, over at least one row.
     *
     * @return NaN where it is not defined
     */
    double score(double[] sums);
}
