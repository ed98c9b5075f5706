package dev.septet.llm.train.data;

import java.util.Optional;

/**
 * Size of the training split and of the general set.
 *
 * @param examples rows of the training split, or pairs of rows
 * @param lossTokens loss-carrying tokens of the training split
 * @param generalRows rows of the general set; 0 without one
 * @param generalLossTokens loss-carrying tokens of the general set
 */
public record EpochSize(int examples, long lossTokens, int generalRows, long generalLossTokens) {
    /** The size of the given datasets. */
    public static EpochSize of(TokenDataset train, Optional<TokenDataset> general) {
        return new EpochSize(
                train.examples(),
                train.lossTokens(),
                general.map(TokenDataset::rows).orElse(0),
                general.map(TokenDataset::lossTokens).orElse(0L));
    }

    /**
     * Number of general rows in each epoch that carry a share p of the epoch's loss-carrying
     * tokens: n = p / (1 - p) T / t. T is the number of the training split's loss-carrying tokens,
     * t that of an average general row. The result is rounded and at least one.
     *
     * @param share p, from 0 to below 1
     * @throws TrainingProblem when rows are replayed, but there are none
     */
    public int replayed(double share) {
        if (share == 0) {
            return 0;
        }
        if (generalRows == 0) {
            throw new TrainingProblem("the plan replays rows, but there is no general set");
        }
        double tokens = share / (1 - share) * lossTokens;
        return (int) Math.max(1, Math.round(tokens * generalRows / generalLossTokens));
    }
}
