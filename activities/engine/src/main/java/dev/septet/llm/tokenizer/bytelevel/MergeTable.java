package dev.septet.llm.tokenizer.bytelevel;

import java.util.Arrays;

/** The merges of a byte-pair model: from two neighbouring tokens to the token that replaces them. The lowest rank goes first. */
final class MergeTable {
    private static final long NONE = -1;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] merged;

    /**
     * @param left token ids, [merges]
     * @param right token ids, [merges]
     * @param merged ids of the replacing tokens, [merges]
     */
    MergeTable(int[] left, int[] right, int[] merged) {
        this.merged = merged;
        int size = Integer.highestOneBit(Math.max(8, merged.length)) << 2;
        pairs = new long[size];
        ranks = new int[size];
        Arrays.fill(pairs, NONE);
        for (int rank = 0; rank < merged.length; rank++) {
            long pair = pair(left[rank], right[rank]);
            int slot = slot(pair);
            // A pair that is listed twice has its last rank, as in the library.
            pairs[slot] = pair;
            ranks[slot] = rank;
        }
    }

    /** Replaces pairs until none is left; the order of equal ranks is from left to right. */
    int[] merge(int[] symbols) {
        int length = symbols.length;
        int[] ids = symbols.clone();
        int[] next = new int[length];
        int[] before = new int[length];
        Heap heap = new Heap(length);
        for (int i = 0; i < length; i++) {
            next[i] = i + 1;
            before[i] = i - 1;
            if (i + 1 < length) {
                heap.add(rank(ids[i], ids[i + 1]), i);
            }
        }
        int left = length;
        while (heap.size > 0) {
            long first = heap.remove();
            int at = (int) first;
            int other = next[at];
            // Entries of pairs that have changed since are skipped.
            if (ids[at] < 0 || other == length || rank(ids[at], ids[other]) != (int) (first >>> 32)) {
                continue;
            }
            ids[at] = merged[(int) (first >>> 32)];
            ids[other] = -1;
            next[at] = next[other];
            left--;
            if (next[at] < length) {
                before[next[at]] = at;
                heap.add(rank(ids[at], ids[next[at]]), at);
            }
            if (before[at] >= 0) {
                heap.add(rank(ids[before[at]], ids[at]), before[at]);
            }
        }
        int[] result = new int[left];
        for (int i = 0, to = 0; i < length; i = next[i]) {
            result[to++] = ids[i];
        }
        return result;
    }

    /** The rank of a pair; -1 when it does not merge. */
    private int rank(int left, int right) {
        long pair = pair(left, right);
        int slot = slot(pair);
        return pairs[slot] == pair ? ranks[slot] : -1;
    }

    /** The place of a pair, or the free place for it. */
    private int slot(long pair) {
        long mixed = pair * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & (pairs.length - 1);
        while (pairs[slot] != NONE && pairs[slot] != pair) {
            slot = (slot + 1) & (pairs.length - 1);
        }
        return slot;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    /** A heap of ranks (upper half) and positions (lower half); the least comes first. */
    private static final class Heap {
        private long[] entries;
        private int size;

        Heap(int size) {
            entries = new long[Math.max(8, size)];
        }

        void add(int rank, int position) {
            if (rank < 0) {
                return;
            }
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, 2 * size);
            }
            long entry = (long) rank << 32 | position;
            int at = size++;
            while (at > 0 && entries[(at - 1) >>> 1] > entry) {
                entries[at] = entries[(at - 1) >>> 1];
                at = (at - 1) >>> 1;
            }
            entries[at] = entry;
        }

        long remove() {
            long first = entries[0];
            long last = entries[--size];
            int at = 0;
            for (int child = 1; child < size; child = 2 * at + 1) {
                if (child + 1 < size && entries[child + 1] < entries[child]) {
                    child++;
                }
                if (entries[child] >= last) {
                    break;
                }
                entries[at] = entries[child];
                at = child;
            }
            entries[at] = last;
            return first;
        }
    }
}
