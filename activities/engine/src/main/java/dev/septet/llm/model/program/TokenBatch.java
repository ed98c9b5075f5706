package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ModelConfig;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of tokens for one call of the program, one after the other without padding, and the
 * tokens whose successor matters. A sequence attends to itself only.
 *
 * @param ids (N) int64; a row's last token is left out where nothing follows it
 * @param positions (N) int64, each token's place in its sequence, from 0
 * @param runs pairs (B, T) in the order of ids: B sequences of T tokens each, which share products
 * @param at (M) int64, chosen places in {@code ids}
 * @param targets (M) int64, the tokens that follow them; (0) where only scores are asked for
 * @param count M
 * @param hidden (N, D) float32, what enters the first block that is trained, where it was computed
 *     before; (0) where it was not. Programs may overwrite it
 */
@SuppressWarnings("ArrayRecordComponent") // as the program takes it; compared by nobody
public record TokenBatch(
        NDArray ids, NDArray positions, long[] runs, NDArray at, NDArray targets, int count, NDArray hidden) {
    /** With nothing computed before. */
    TokenBatch(NDManager scope, NDArray ids, NDArray positions, long[] runs, NDArray at, NDArray targets, int count) {
        this(ids, positions, runs, at, targets, count, scope.create(new float[0]));
    }

    /** The same tokens with what enters the first trained block. */
    public TokenBatch with(NDArray entering) {
        return new TokenBatch(ids, positions, runs, at, targets, count, entering);
    }

    /**
     * Lays out rows for predicting every token whose mask is not 0, row by row in order of
     * position. A row's first token has nothing before it and is never predicted. Neighbours of
     * equal length make a run, so rows sorted by length take the fewest products.
     *
     * @param scope owns the tensors
     * @throws IllegalArgumentException when a token is outside of the vocabulary
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
     * One sequence, every token of it chosen, no targets.
     *
     * @throws IllegalArgumentException when there is no token, or one outside of the vocabulary
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

    /** Pairs (how many in a row, length) of lengths other than 0. */
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
