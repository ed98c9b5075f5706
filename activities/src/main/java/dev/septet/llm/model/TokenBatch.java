package dev.septet.llm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import java.util.List;

/**
 * Rows of tokens for one call of the program, padded on the right, and the positions whose next
 * token matters.
 *
 * @param ids (B, T) int64; the last token of the longest row is left out, as nothing follows it
 * @param at (N) flat positions in {@code ids}
 * @param targets (N) the tokens that follow them
 * @param count N
 */
public record TokenBatch(NDArray ids, NDArray at, NDArray targets, int count) {

    /**
     * Lays out rows for predicting every token whose mask is not 0, row by row in order of
     * position. A row's first token has nothing before it and is never predicted.
     *
     * @param scope owns the tensors
     * @throws IllegalArgumentException when a token is outside of the vocabulary
     */
    public static TokenBatch of(
            NDManager scope, ModelConfig config, List<int[]> rows, List<byte[]> masks) {
        int width = rows.stream().mapToInt(row -> row.length - 1).max().orElse(0);
        if (width < 1) {
            throw new IllegalArgumentException("a row needs at least 2 tokens to predict one");
        }
        int count = 0;
        for (byte[] mask : masks) {
            for (int t = 1; t < mask.length; t++) {
                count += mask[t] == 0 ? 0 : 1;
            }
        }
        long[] ids = new long[Math.multiplyExact(rows.size(), width)];
        long[] at = new long[count];
        long[] targets = new long[count];
        int n = 0;
        for (int b = 0; b < rows.size(); b++) {
            int[] row = rows.get(b);
            byte[] mask = masks.get(b);
            for (int t = 0; t < row.length; t++) {
                config.requireToken(row[t]);
                if (t < row.length - 1) {
                    ids[b * width + t] = row[t];
                }
                if (t > 0 && mask[t] != 0) {
                    at[n] = (long) b * width + t - 1;
                    targets[n++] = row[t];
                }
            }
        }
        return new TokenBatch(
                scope.create(ids, new Shape(rows.size(), width)),
                scope.create(at),
                scope.create(targets),
                count);
    }
}
