package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;

/**
 * One sequence being decoded: the keys and values of the tokens that it holds, so that each is
 * computed once. Those of a token depend on the tokens up to it and on the adapter alone, so that a
 * sequence may take the beginning that it shares with another from there.
 */
public final class KvCache implements AutoCloseable {
    /**
     * Most answers are far shorter than the context that they may take, so room grows with them.
     */
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

    /** Tokens that the sequence holds. */
    public int length() {
        return length;
    }

    /** Tokens that it has memory for. */
    public int room() {
        return room;
    }

    /** Forgets all but the first tokens. */
    public void truncate(int tokens) {
        if (tokens < 0 || tokens > length) {
            throw new IllegalArgumentException("a sequence of " + length + " tokens cannot be cut to " + tokens);
        }
        length = tokens;
    }

    /**
     * Takes over from another sequence what it holds between this one's length and {@code tokens}.
     * The tokens up to there, and the adapter, must be the same in both: nobody checks that here.
     */
    public void takeOver(KvCache other, int tokens) {
        if (tokens <= length || tokens > other.length) {
            throw new IllegalArgumentException("a sequence of %d tokens cannot take those up to %d from one of %d"
                    .formatted(length, tokens, other.length));
        }
        NDArray own = reserve(tokens - length);
        NDArray source = other.reserve(0);
        try (NDManager step = parent.newSubManager()) {
            decoder.copySlots(step, own, source, length, tokens);
        }
        length = tokens;
    }

    /** The tensor (layers, 2, K, slots, E), with room for so many more tokens. */
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
