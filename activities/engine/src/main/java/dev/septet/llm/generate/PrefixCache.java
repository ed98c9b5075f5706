package dev.septet.llm.generate;

import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.weights.LoadedAdapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sequences of finished requests, kept for prompts of the same tenant that begin like them; the
 * least recently used go when together they hold more than allowed.
 */
final class PrefixCache implements AutoCloseable {
    /** One sequence with its tokens and what it was computed with. */
    @SuppressWarnings("ArrayRecordComponent") // a column of numbers, compared by nobody
    record Kept(int[] tokens, KvCache sequence, @Nullable LoadedAdapter adapter, String tenant) {}

    private final int most;
    private final List<Kept> kept = new ArrayList<>(); // the least recently used first

    /**
     * @param most tokens that there may be memory for
     */
    PrefixCache(int most) {
        this.most = most;
    }

    /** The sequence that shares the longest beginning with a row, null where all differ at once. */
    @Nullable
    Kept longest(ActiveSequence row) {
        Kept best = null;
        for (Kept one : kept) {
            if (one.adapter() == row.adapter()
                    && one.tenant().equals(row.tenant())
                    && (best == null || shared(row, one) > shared(row, best))) {
                best = one;
            }
        }
        return best;
    }

    static int shared(ActiveSequence row, Kept one) {
        return row.shared(one.tokens(), one.tokens().length);
    }

    /** Notes that a sequence was of use. */
    void used(Kept one) {
        kept.remove(one);
        kept.add(one);
    }

    /** Takes a finished row's sequence, or closes it where it says nothing new. */
    void keep(ActiveSequence row) {
        Kept fresh = new Kept(row.computed(), row.sequence(), row.adapter(), row.tenant());
        if (row.sequence().room() > most || kept.stream().anyMatch(one -> begins(fresh, one))) {
            row.sequence().close();
            return;
        }
        drop(one -> begins(one, fresh));
        kept.add(fresh);
        while (tokens() > most) {
            kept.remove(0).sequence().close();
        }
    }

    /** Closes the sequences that were computed with an adapter. */
    void drop(LoadedAdapter adapter) {
        drop(one -> one.adapter() == adapter);
    }

    private void drop(Predicate<Kept> which) {
        kept.removeIf(one -> {
            boolean goes = which.test(one);
            if (goes) {
                one.sequence().close();
            }
            return goes;
        });
    }

    /** Whether the whole of one sequence is the beginning of another. */
    private static boolean begins(Kept one, Kept other) {
        int length = one.tokens().length;
        return one.adapter() == other.adapter()
                && one.tenant().equals(other.tenant())
                && length <= other.tokens().length
                && Arrays.equals(one.tokens(), 0, length, other.tokens(), 0, length);
    }

    /** Tokens that there is memory for. */
    long tokens() {
        return kept.stream().mapToLong(one -> one.sequence().room()).sum();
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    @Override
    public void close() {
        drop(one -> true);
    }
}
