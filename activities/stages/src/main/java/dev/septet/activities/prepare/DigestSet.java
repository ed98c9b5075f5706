package dev.septet.activities.prepare;

/**
 * A hash set of digests, 128 bits of each. With a load factor of one quarter to one half it needs
 * 32 to 64 bytes per row. The probability of a collision among a billion different rows is 1 in
 * 10^21.
 */
final class DigestSet {
    private long[] table = new long[2 * 1024];
    private int size;

    /** Adds a digest of at least 16 bytes; returns whether it was new. */
    boolean add(byte[] digest) {
        if (4L * size >= table.length) {
            grow();
        }
        long high = word(digest, 0);
        long low = word(digest, 8) | 1; // never 0, which marks an empty slot
        int slot = slot(high, low);
        if (table[slot + 1] != 0) {
            return false;
        }
        table[slot] = high;
        table[slot + 1] = low;
        size++;
        return true;
    }

    /** The slot of a digest, or the empty slot where it belongs. */
    private int slot(long high, long low) {
        int slots = table.length / 2;
        int at = (int) Long.remainderUnsigned(high, slots);
        while (table[2 * at + 1] != 0 && !(table[2 * at] == high && table[2 * at + 1] == low)) {
            at = (at + 1) % slots;
        }
        return 2 * at;
    }

    private void grow() {
        long[] old = table;
        table = new long[Math.multiplyExact(old.length, 2)];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i + 1] != 0) {
                int slot = slot(old[i], old[i + 1]);
                table[slot] = old[i];
                table[slot + 1] = old[i + 1];
            }
        }
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = from; i < from + Long.BYTES; i++) {
            word = word << 8 | (bytes[i] & 0xFF);
        }
        return word;
    }
}
