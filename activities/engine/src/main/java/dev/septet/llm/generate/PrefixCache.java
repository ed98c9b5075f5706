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
    record CachedPrefix(
            int[] tokens, KvCache kvCache, @Nullable LoadedAdapter adapter, String tenant) {}

    private final int limit;
    private final List<CachedPrefix> entries = new ArrayList<>(); // least recently used first

    /**
     * @param limit maximum number of tokens to hold memory for
     */
    PrefixCache(int limit) {
        this.limit = limit;
    }

    /** The sequence that shares the longest prefix with a row; null if none shares any token. */
    @Nullable
    CachedPrefix longest(ActiveSequence row) {
        CachedPrefix best = null;
        for (CachedPrefix one : entries) {
            if (one.adapter() == row.adapter()
                    && one.tenant().equals(row.tenant())
                    && (best == null || shared(row, one) > shared(row, best))) {
                best = one;
            }
        }
        return best;
    }

    static int shared(ActiveSequence row, CachedPrefix one) {
        return row.shared(one.tokens(), one.tokens().length);
    }

    /** Marks a sequence as recently used. */
    void markUsed(CachedPrefix one) {
        entries.remove(one);
        entries.add(one);
    }

    /** Adds a finished row's sequence, or closes it if the cache already holds all its tokens. */
    void add(ActiveSequence row) {
        CachedPrefix added = new CachedPrefix(row.computed(), row.kvCache(), row.adapter(), row.tenant());
        if (row.kvCache().capacity() > limit || entries.stream().anyMatch(one -> begins(added, one))) {
            row.kvCache().close();
            return;
        }
        evict(one -> begins(one, added));
        entries.add(added);
        while (tokens() > limit) {
            entries.remove(0).kvCache().close();
        }
    }

    /** Closes the sequences that were computed with an adapter. */
    void evict(LoadedAdapter adapter) {
        evict(one -> one.adapter() == adapter);
    }

    private void evict(Predicate<CachedPrefix> which) {
        entries.removeIf(one -> {
            boolean matches = which.test(one);
            if (matches) {
                one.kvCache().close();
            }
            return matches;
        });
    }

    /** Whether one sequence is a prefix of the other. */
    private static boolean begins(CachedPrefix one, CachedPrefix other) {
        int length = one.tokens().length;
        return one.adapter() == other.adapter()
                && one.tenant().equals(other.tenant())
                && length <= other.tokens().length
                && Arrays.equals(one.tokens(), 0, length, other.tokens(), 0, length);
    }

    /** Number of tokens that the cache holds memory for. */
    long tokens() {
        return entries.stream().mapToLong(one -> one.kvCache().capacity()).sum();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public void close() {
        evict(one -> true);
    }
}
