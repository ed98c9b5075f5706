package dev.septet.llm.train;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.train.data.EpochRows;
import dev.septet.llm.train.data.MicroBatches;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Log-probabilities of a dataset's answers under the current model, without dropout.
 *
 * @param hidden cached activations, if the model computes only from the first trained block
 */
record SequenceLogProbabilities(NDManager scope, TrainableModel model, Optional<CachedActivations> hidden) {
    /** For a model that computes all of its blocks. */
    SequenceLogProbabilities(NDManager scope, TrainableModel model) {
        this(scope, model, Optional.empty());
    }

    /** Receives the results of a micro-batch. */
    private interface Taker {
        /**
         * @param rows their indexes in the dataset
         * @param logs log p of each loss-carrying token, row after row
         */
        void accept(List<Integer> rows, float[] logs);
    }

    /**
     * Sums of log p over each row's loss-carrying tokens.
     *
     * @param progress receives the number of rows done
     */
    double[] of(TokenDataset set, MicroBatchBudget budget, IntConsumer progress) {
        double[] sums = new double[set.rows()];
        int[] done = {0};
        forEachMicroBatch(set, budget, (rows, logs) -> {
            int at = 0;
            for (int row : rows) {
                for (int end = at + set.lossTokens(row); at < end; at++) {
                    sums[row] += logs[at];
                }
            }
            done[0] += rows.size();
            progress.accept(done[0]);
        });
        return sums;
    }

    /** Mean of -log p over all loss-carrying tokens of all rows. */
    double loss(TokenDataset set, MicroBatchBudget budget) {
        double[] sum = {0};
        long[] count = {0};
        forEachMicroBatch(set, budget, (rows, logs) -> {
            for (float log : logs) {
                sum[0] -= log;
            }
            count[0] += logs.length;
        });
        return sum[0] / count[0];
    }

    private void forEachMicroBatch(TokenDataset set, MicroBatchBudget budget, Taker taker) {
        int[] all = IntStream.range(0, set.rows()).toArray();
        for (List<Integer> rows : MicroBatches.of(all, budget.tokens(), set::length)) {
            try (NDManager scratch = scope.newSubManager()) {
                List<EpochRows.Place> places =
                        rows.stream().map(row -> new EpochRows.Place(set, row)).toList();
                TokenBatch tokens = toBatch(scratch, places);
                taker.accept(
                        rows, model.program().logProbabilities(scratch, tokens).toFloatArray());
            }
        }
    }

    /** Rows in the layout of the model's program; valid until the next call. */
    TokenBatch toBatch(NDManager scratch, List<EpochRows.Place> places) {
        List<TokenDataset.Row> rows =
                places.stream().map(EpochRows.Place::tokens).toList();
        TokenBatch batch = batch(scratch, model.config(), rows);
        return hidden.map(states -> batch.with(states.of(scratch, places, width())))
                .orElse(batch);
    }

    /** Rows in the layout that all programs share. */
    static TokenBatch batch(NDManager scratch, ModelConfig config, List<TokenDataset.Row> rows) {
        return TokenBatch.of(
                scratch,
                config,
                rows.stream().map(TokenDataset.Row::tokens).toList(),
                rows.stream().map(TokenDataset.Row::mask).toList());
    }

    private int width() {
        return model.config().hiddenSize();
    }
}
