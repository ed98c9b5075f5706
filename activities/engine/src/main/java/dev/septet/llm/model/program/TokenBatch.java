package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ModelConfig;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of tokens for one call of the program, concatenated without padding, and the positions
 * whose next token is predicted. A sequence attends only to itself.
 *
 * @param ids (N) int64; a row's last token is left out if it predicts nothing
 * @param positions (N) int64, each token's position in its sequence, from 0
 * @param runs pairs (B, T) in the order of ids: B sequences of T tokens each, which share matrix
 *     products
 * @param at (M) int64, chosen indexes in {@code ids}
 * @param targets (M) int64, the tokens that follow them; (0) when only logits are computed
 * @param count M
 * @param hidden (N, D) float32, the cached input of the first trained block; (0) if it is not
 *     cached. Programs may overwrite it
 */
@SuppressWarnings("ArrayRecordComponent") // arrays match the program's arguments; records are never compared
public record TokenBatch(
        NDArray ids, NDArray positions, long[] runs, NDArray at, NDArray targets, int count, NDArray hidden) {
    /** A batch without cached activations. */
    TokenBatch(NDManager scope, NDArray ids, NDArray positions, long[] runs, NDArray at, NDArray targets, int count) {
        this(ids, positions, runs, at, targets, count, scope.create(new float[0]));
    }

    /** These tokens with the input of the first trained block. */
    public TokenBatch with(NDArray hidden) {
        return new TokenBatch(ids, positions, runs, at, targets, count, hidden);
    }

    /**
     * Lays out rows for predicting every token whose mask is not 0, row by row in order of
     * position. A row's first token has nothing before it and is never predicted. Adjacent rows of
     * equal length form a run, so rows sorted by length need the fewest matrix products.
     *
     * @param scope owns the tensors
     * @throws IllegalArgumentException when a token is outside the vocabulary
     */
    public static TokenBatch of(NDManager scope, ModelConfig config, List<int[]> rows, List<byte[]> masks) {
        int[] lengths =
                rows.stream().mapToInt(row -> Math.max(0, row.length - 1)).toArray();
        int tokens = Math.toIntExact(Arrays.stream(lengths).asLongStream().sum());
        if (tokens < 1) {
            throw new IllegalArgumentException("a row needs at least 2 tokens to predict one");
        }
        long[] ids = new long[tokens];
        long[] positions = new long[tokens];
        long[] at = new long[tokens];
        long[] targets = new long[tokens];
        int start = 0;
        int chosen = 0;
        for (int b = 0; b < lengths.length; b++) {
            int[] row = rows.get(b);
            for (int token : row) {
                config.requireToken(token);
            }
            for (int t = 0; t < lengths[b]; t++) {
                ids[start + t] = row[t];
                positions[start + t] = t;
                if (masks.get(b)[t + 1] != 0) {
                    at[chosen] = (long) start + t;
                    targets[chosen++] = row[t + 1];
                }
            }
            start += lengths[b];
        }
        return new TokenBatch(
                scope,
                scope.create(ids),
                scope.create(positions),
                runs(lengths),
                scope.create(Arrays.copyOf(at, chosen)),
                scope.create(Arrays.copyOf(targets, chosen)),
                chosen);
    }

    /**
     * One sequence with every token chosen and no targets.
     *
     * @throws IllegalArgumentException when there is no token, or a token outside the vocabulary
     */
    static TokenBatch whole(NDManager scope, ModelConfig config, int[] tokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a sequence needs at least 1 token");
        }
        long[] ids = new long[tokens.length];
        long[] positions = new long[tokens.length];
        for (int t = 0; t < tokens.length; t++) {
            config.requireToken(tokens[t]);
            ids[t] = tokens[t];
            positions[t] = t;
        }
        NDArray places = scope.create(positions);
        return new TokenBatch(
                scope,
                scope.create(ids),
                places,
                runs(new int[] {tokens.length}),
                places,
                scope.create(new long[0]),
                tokens.length);
    }

    /** Run-length pairs (number of adjacent rows, length) of lengths other than 0. */
    static long[] runs(int[] lengths) {
        long[] runs = new long[2 * lengths.length];
        int end = 0;
        for (int length : lengths) {
            if (length == 0) {
                continue;
            }
            if (end == 0 || runs[end - 1] != length) {
                runs[end + 1] = length;
                end += 2;
            }
            runs[end - 2]++;
        }
        return Arrays.copyOf(runs, end);
    }
}
