package dev.septet.llm.generate;

import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.weights.LoadedAdapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Prefix cache: sequences of finished requests, kept for prompts of the same tenant with the same
 * prefix. The least recently used sequences are evicted when the cache exceeds its limit.
 */
final class PrefixCache implements AutoCloseable {
    /** One cached sequence with its tokens, its adapter and its tenant. */
    @SuppressWarnings("ArrayRecordComponent") // a column of numbers; records are never compared
    record Kept(int[] tokens, KvCache sequence, @Nullable LoadedAdapter adapter, String tenant) {}

    private final int most;
    private final List<Kept> kept = new ArrayList<>(); // least recently used first

    /**
     * @param most maximum number of tokens to hold memory for
     */
    PrefixCache(int most) {
        this.most = most;
    }

    /** The sequence that shares the longest prefix with a row; null if none shares any token. */
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

    /** Marks a sequence as recently used. */
    void used(Kept one) {
        kept.remove(one);
        kept.add(one);
    }

    /** Adds a finished row's sequence, or closes it if the cache already holds all its tokens. */
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

    /** Whether one sequence is a prefix of the other. */
    private static boolean begins(Kept one, Kept other) {
        int length = one.tokens().length;
        return one.adapter() == other.adapter()
                && one.tenant().equals(other.tenant())
                && length <= other.tokens().length
                && Arrays.equals(one.tokens(), 0, length, other.tokens(), 0, length);
    }

    /** Number of tokens that the cache holds memory for. */
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
