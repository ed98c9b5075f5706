package dev.septet.activities.prepare.duplicate;

import java.util.Arrays;

/**
 * The kept texts by the hashes of their bands. Each band has a hash table with chained buckets; a bucket holds its first
 * {@link #MAX_BUCKET} texts. Memory: 16 to 32 bytes per text and band.
 */
final class BandIndex {
    /**
     * Texts that share a template fill a bucket. Without a limit the time would grow with the square of their number.
     */
    static final int MAX_BUCKET = 64;

    private static final int NONE = -1;

    private final int bands;
    private final int[][] heads;
    private final int[][] hashes;
    private final int[][] next;
    private int size;
    private long fullBuckets;

    BandIndex(int bands) {
        this.bands = bands;
        heads = new int[bands][512];
        hashes = new int[bands][256];
        next = new int[bands][256];
        for (int[] table : heads) {
            Arrays.fill(table, NONE);
        }
    }

    /** Number of texts. */
    int size() {
        return size;
    }

    /** Number of entries that were left out because a bucket was full. */
    long fullBuckets() {
        return fullBuckets;
    }

    /** Bytes of the tables after the next growth. */
    long bytesAfterGrowth() {
        return size < hashes[0].length
                ? 0
                : (long) bands * Integer.BYTES * 2 * (heads[0].length + 2L * hashes[0].length);
    }

    /**
     * The numbers of the texts that share a band with this one, from 0; a number occurs once for each shared band.
     *
     * @param keys hash of each band
     */
    int[] candidates(int[] keys) {
        int[] found = new int[16];
        int count = 0;
        for (int band = 0; band < bands; band++) {
            int text = heads[band][slot(band, keys[band])];
            while (text != NONE) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = text;
                text = next[band][text];
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Adds a text; its number is the number of texts before it. */
    void add(int[] keys) {
        if (size == hashes[0].length) {
            grow();
        }
        int text = size++;
        for (int band = 0; band < bands; band++) {
            hashes[band][text] = keys[band];
            next[band][text] = NONE;
            append(band, keys[band], text);
        }
    }

    private void append(int band, int key, int text) {
        int slot = slot(band, key);
        int last = heads[band][slot];
        if (last == NONE) {
            heads[band][slot] = text;
            return;
        }
        int length = 1;
        while (next[band][last] != NONE) {
            last = next[band][last];
            length++;
        }
        if (length >= MAX_BUCKET) {
            fullBuckets++;
        } else {
            next[band][last] = text;
        }
    }

    /** The slot of a key, or the empty slot where it belongs. */
    private int slot(int band, int key) {
        int[] table = heads[band];
        int mask = table.length - 1;
        int at = key & mask;
        while (table[at] != NONE && hashes[band][table[at]] != key) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        int texts = Math.multiplyExact(size, 2);
        for (int band = 0; band < bands; band++) {
            hashes[band] = Arrays.copyOf(hashes[band], texts);
            next[band] = Arrays.copyOf(next[band], texts);
            int[] old = heads[band];
            heads[band] = new int[Math.multiplyExact(old.length, 2)];
            Arrays.fill(heads[band], NONE);
            for (int head : old) {
                if (head != NONE) {
                    heads[band][slot(band, hashes[band][head])] = head;
                }
            }
        }
    }
}
