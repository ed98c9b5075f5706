package dev.septet.llm.train;

import ai.djl.ndarray.NDManager;

import dev.septet.llm.model.TokenBatch;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Log-probabilities of a dataset's answers under a model as it is now, without dropout. */
record AnswerLogs(NDManager scope, TrainableModel model) {
    /** Takes what a micro-batch says. */
    private interface Taker {
        /**
         * @param rows their numbers in the dataset
         * @param logs log p of each loss-carrying token, row after row
         */
        void take(List<Integer> rows, float[] logs);
    }

    /**
     * Sums over each row's loss-carrying tokens.
     *
     * @param told how many rows are done
     */
    double[] of(TokenDataset set, AtOnce atOnce, IntConsumer told) {
        double[] sums = new double[set.rows()];
        int[] done = {0};
        each(
                set,
                atOnce,
                (rows, logs) -> {
                    int at = 0;
                    for (int row : rows) {
                        for (int end = at + set.lossTokens(row); at < end; at++) {
                            sums[row] += logs[at];
                        }
                    }
                    done[0] += rows.size();
                    told.accept(done[0]);
                });
        return sums;
    }

    /** Mean of -log p over all loss-carrying tokens of all rows. */
    double loss(TokenDataset set, AtOnce atOnce) {
        double[] sum = {0};
        long[] count = {0};
        each(
                set,
                atOnce,
                (rows, logs) -> {
                    for (float log : logs) {
                        sum[0] -= log;
                    }
                    count[0] += logs.length;
                });
        return sum[0] / count[0];
    }

    private void each(TokenDataset set, AtOnce atOnce, Taker taker) {
        int[] all = IntStream.range(0, set.rows()).toArray();
        for (List<Integer> rows : MicroBatches.of(all, atOnce.tokens(), set::length)) {
            try (NDManager scratch = scope.newSubManager()) {
                TokenBatch tokens = layOut(scratch, rows.stream().map(set::row).toList());
                taker.take(rows, model.program().logProbabilities(scratch, tokens).toFloatArray());
            }
        }
    }

    TokenBatch layOut(NDManager scratch, List<TokenDataset.Row> rows) {
        return TokenBatch.of(
                scratch,
                model.config(),
                rows.stream().map(TokenDataset.Row::tokens).toList(),
                rows.stream().map(TokenDataset.Row::mask).toList());
    }
}
