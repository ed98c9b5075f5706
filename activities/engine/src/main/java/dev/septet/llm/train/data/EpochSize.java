package dev.septet.llm.train.data;

import java.util.Optional;

/**
 * How much an epoch has of the new task, and the general set beside it.
 *
 * @param examples rows of the training split, or pairs of them
 * @param lossTokens tokens of the training split that carry loss
 * @param generalRows rows of the general set; 0 without one
 * @param generalLossTokens tokens of the general set that carry loss
 */
public record EpochSize(int examples, long lossTokens, int generalRows, long generalLossTokens) {
    /** Of datasets as they lie. */
    public static EpochSize of(TokenDataset train, Optional<TokenDataset> general) {
        return new EpochSize(
                train.examples(),
                train.lossTokens(),
                general.map(TokenDataset::rows).orElse(0),
                general.map(TokenDataset::lossTokens).orElse(0L));
    }

    /**
     * Rows of the general set in each epoch, so that a share p of the epoch's loss-carrying tokens
     * is theirs: n = p / (1 - p) T / t, with T of the new task's tokens and t of an average general
     * row, rounded; at least one.
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
