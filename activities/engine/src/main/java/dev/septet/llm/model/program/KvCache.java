package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Locale;
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
    private int capacity;
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
    public int capacity() {
        return capacity;
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
    public void copyPrefix(KvCache other, int tokens) {
        if (tokens <= length || tokens > other.length) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "a sequence of %d tokens cannot copy tokens up to %d from one of %d",
                    length,
                    tokens,
                    other.length));
        }
        NDArray target = reserve(tokens - length);
        NDArray source = other.reserve(0);
        try (NDManager step = parent.newSubManager()) {
            decoder.copySlots(step, target, source, length, tokens);
        }
        length = tokens;
    }

    /** The cache tensor (layers, 2, K, slots, E), with room for {@code additional} further tokens. */
    NDArray reserve(int additional) {
        NDArray current = slots;
        int required = length + additional;
        if (current != null && required <= capacity) {
            return current;
        }
        int newCapacity = Math.max(required, Math.max(FIRST_ROOM, 2 * capacity));
        NDArray larger = current == null
                ? decoder.newSequence(parent, newCapacity)
                : decoder.resized(parent, current, length, newCapacity);
        if (current != null) {
            current.close();
        }
        slots = larger;
        capacity = newCapacity;
        return larger;
    }

    void extend(int tokens) {
        length += tokens;
    }

    @Override
    public void close() {
        parent.close();
    }
}
