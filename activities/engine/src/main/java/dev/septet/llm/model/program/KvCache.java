package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;

/**
 * The KV cache of one sequence being decoded, so each token's keys and values are computed once. A
 * token's keys and values depend only on the adapter and on the tokens up to it. A sequence may
 * therefore copy the prefix that it shares with another sequence.
 */
public final class KvCache implements AutoCloseable {
    /** Most answers are far shorter than the context allows, so the cache grows as needed. */
    private static final int FIRST_ROOM = 128;

    private final NDManager parent;
    private final InferenceProgram decoder;
    private @Nullable NDArray slots;
    private int room;
    private int length;

    KvCache(NDManager parent, InferenceProgram decoder) {
        this.parent = parent;
        this.decoder = decoder;
    }

    /** Number of cached tokens. */
    public int length() {
        return length;
    }

    /** Number of tokens that the allocated memory can hold. */
    public int room() {
        return room;
    }

    /** Drops all but the first {@code tokens} tokens. */
    public void truncate(int tokens) {
        if (tokens < 0 || tokens > length) {
            throw new IllegalArgumentException("a sequence of " + length + " tokens cannot be cut to " + tokens);
        }
        length = tokens;
    }

    /**
     * Copies the tokens from this cache's length to {@code tokens} out of another cache. The caller
     * must ensure that both have the same tokens up to there and the same adapter; this method does
     * not check it.
     */
    public void takeOver(KvCache other, int tokens) {
        if (tokens <= length || tokens > other.length) {
            throw new IllegalArgumentException("a sequence of %d tokens cannot copy tokens up to %d from one of %d"
                    .formatted(length, tokens, other.length));
        }
        NDArray own = reserve(tokens - length);
        NDArray source = other.reserve(0);
        try (NDManager step = parent.newSubManager()) {
            decoder.copySlots(step, own, source, length, tokens);
        }
        length = tokens;
    }

    /** The cache tensor (layers, 2, K, slots, E), with room for {@code more} further tokens. */
    NDArray reserve(int more) {
        NDArray now = slots;
        int wanted = length + more;
        if (now != null && wanted <= room) {
            return now;
        }
        int grown = Math.max(wanted, Math.max(FIRST_ROOM, 2 * room));
        NDArray wide = now == null ? decoder.newSequence(parent, grown) : decoder.resized(parent, now, length, grown);
        if (now != null) {
            now.close();
        }
        slots = wide;
        room = grown;
        return wide;
    }

    void grown(int tokens) {
        length += tokens;
    }

    @Override
    public void close() {
        parent.close();
    }
}
