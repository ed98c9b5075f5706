package dev.septet.llm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import dev.septet.llm.runtime.TensorList;

import java.util.Arrays;

/**
 * Sequences being decoded together: the keys and values of what they hold so far, so that each
 * token is computed once. Rows may have different lengths.
 */
public final class DecodingCache implements AutoCloseable {
    /**
     * Most answers are far shorter than the context that they may take, so room grows with them.
     */
    private static final int FIRST_ROOM = 256;

    private final NDManager parent;
    private final ModelConfig config;
    private final Decoder decoder;
    private final int slots;
    private int room;
    private NDManager scope;
    private TensorList cache;
    private int[] lengths;

    DecodingCache(NDManager parent, ModelConfig config, Decoder decoder, int rows, int slots) {
        this.parent = parent;
        this.config = config;
        this.decoder = decoder;
        this.slots = slots;
        this.scope = parent.newSubManager();
        this.room = Math.min(slots, FIRST_ROOM);
        this.cache = decoder.newCache(scope, rows, room);
        this.lengths = new int[rows];
    }

    /** Tokens that each row holds. */
    public int[] lengths() {
        return lengths.clone();
    }

    /**
     * Appends to every row its tokens, at least one each.
     *
     * @return scores of the token after each row's last: (rows, V)
     * @throws IllegalArgumentException when a row is empty or outgrows the slots
     */
    public float[][] extend(int[][] tokens) {
        int width = Arrays.stream(tokens).mapToInt(row -> row.length).max().orElse(0);
        long[] ids = new long[lengths.length * width];
        long[] start = new long[lengths.length];
        long[] last = new long[lengths.length];
        int used = 0;
        for (int b = 0; b < lengths.length; b++) {
            int[] row = tokens[b];
            if (row.length == 0) {
                throw new IllegalArgumentException("row " + b + " has no token to decode");
            }
            for (int t = 0; t < row.length; t++) {
                TokenBatch.require(row[t], config);
                ids[b * width + t] = row[t];
            }
            start[b] = lengths[b];
            last[b] = (long) b * width + row.length - 1;
            used = Math.max(used, lengths[b] + width); // padding takes slots for the moment
        }
        if (used > slots) {
            throw new IllegalArgumentException(
                    "decoding needs " + used + " slots, the cache has " + slots);
        }
        if (used > room) {
            widen(Math.min(slots, Math.max(used, 2 * room)));
        }
        try (NDManager step = scope.newSubManager()) {
            NDArray logits =
                    decoder.extend(
                            step,
                            step.create(ids, new Shape(lengths.length, width)),
                            step.create(start),
                            step.create(last),
                            used,
                            cache);
            for (int b = 0; b < lengths.length; b++) {
                lengths[b] += tokens[b].length;
            }
            return LanguageModel.rows(logits, lengths.length);
        }
    }

    private void widen(int wanted) {
        NDManager next = parent.newSubManager();
        cache = decoder.widen(next, wanted, cache);
        room = wanted;
        scope.close();
        scope = next;
    }

    /** Goes on with these rows only, in this order; a row may be taken more than once. */
    public void select(int[] rows) {
        NDManager next = parent.newSubManager();
        try (NDManager step = parent.newSubManager()) {
            long[] indices = Arrays.stream(rows).asLongStream().toArray();
            cache = decoder.select(next, step.create(indices), cache);
        }
        scope.close();
        scope = next;
        lengths = Arrays.stream(rows).map(row -> lengths[row]).toArray();
    }

    @Override
    public void close() {
        parent.close();
    }
}
