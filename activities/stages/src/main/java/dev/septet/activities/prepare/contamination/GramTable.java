package dev.septet.activities.prepare.contamination;

/**
 * Hashes of word sequences with the first test row that has them, and in how many test rows they occur. 32 to 64 bytes per
 * sequence.
 */
final class GramTable {
    /** The most sequences: about 500 MiB. */
    static final int MAX_SIZE = 8_000_000;

    private long[] hashes = new long[1 << 12];
    private int[] rows = new int[1 << 12];
    private int[] last = new int[1 << 12];
    private int[] counts = new int[1 << 12];
    private int size;

    int size() {
        return size;
    }

    /**
     * Adds a sequence of a test row.
     *
     * @param row number of the test row, from 0; not smaller than before
     */
    void add(long hash, int row) {
        if (2 * size >= hashes.length) {
            grow();
        }
        int slot = slot(nonZero(hash));
        if (counts[slot] == 0) {
            hashes[slot] = nonZero(hash);
            rows[slot] = row;
            counts[slot] = 1;
            last[slot] = row;
            size++;
        } else if (last[slot] != row) {
            counts[slot]++;
            last[slot] = row;
        }
    }

    /** The first test row with this sequence; -1 when there is none, or more than {@code most} rows have it. */
    int row(long hash, int most) {
        int slot = slot(nonZero(hash));
        return counts[slot] == 0 || counts[slot] > most ? -1 : rows[slot];
    }

    /** Number of sequences that more than {@code most} rows have. */
    long common(int most) {
        long common = 0;
        for (int count : counts) {
            common += count > most ? 1 : 0;
        }
        return common;
    }

    private static long nonZero(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private int slot(long hash) {
        int mask = hashes.length - 1;
        int at = (int) hash & mask;
        while (counts[at] != 0 && hashes[at] != hash) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldHashes = hashes;
        int[] oldRows = rows;
        int[] oldLast = last;
        int[] oldCounts = counts;
        int length = Math.multiplyExact(oldHashes.length, 2);
        hashes = new long[length];
        rows = new int[length];
        last = new int[length];
        counts = new int[length];
        for (int i = 0; i < oldHashes.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                rows[slot] = oldRows[i];
                last[slot] = oldLast[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
