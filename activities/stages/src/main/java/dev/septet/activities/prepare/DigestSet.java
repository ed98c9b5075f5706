package dev.septet.activities.prepare;

import dev.septet.activities.prepare.scratch.LongTable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A hash set of digests, 128 bits of each. With a load factor of one quarter to one half it needs
 * 32 to 64 bytes per row: in the heap at first, then in a scratch file. The probability of a collision among a billion
 * different rows is 1 in 10^21.
 */
final class DigestSet implements Closeable {
    /** 16 MiB of digests stay in the heap. */
    private static final long SLOTS_IN_HEAP = 1 << 20;

    private final @Nullable Path file;
    private LongTable table;
    private long slots = 1024;
    private long size;
    private int growths;

    /** A set in the heap. */
    DigestSet() {
        this(null);
    }

    /**
     * @param file beginning of the names of the scratch files; null keeps all digests in the heap
     */
    DigestSet(@Nullable Path file) {
        this.file = file;
        table = LongTable.inHeap((int) (2 * slots));
    }

    /** Adds a digest of at least 16 bytes; returns whether it was new. */
    boolean add(byte[] digest) throws IOException {
        if (2 * size >= slots) {
            grow();
        }
        long high = word(digest, 0);
        long low = word(digest, 8) | 1; // never 0, which marks an empty slot
        long slot = slot(high, low);
        if (table.get(slot + 1) != 0) {
            return false;
        }
        table.set(slot, high);
        table.set(slot + 1, low);
        size++;
        return true;
    }

    /** The slot of a digest, or the empty slot where it belongs. */
    private long slot(long high, long low) {
        long at = high & slots - 1;
        while (true) {
            long found = table.get(2 * at + 1);
            if (found == 0 || (found == low && table.get(2 * at) == high)) {
                return 2 * at;
            }
            at = at + 1 & slots - 1;
        }
    }

    private void grow() throws IOException {
        long numbers = 2 * slots;
        try (LongTable old = table) {
            slots = numbers;
            table = file == null || slots <= SLOTS_IN_HEAP
                    ? LongTable.inHeap(Math.toIntExact(2 * slots))
                    : LongTable.in(file.resolveSibling(file.getFileName() + "." + growths++), 2 * slots);
            for (long i = 0; i < numbers; i += 2) {
                if (old.get(i + 1) != 0) {
                    long slot = slot(old.get(i), old.get(i + 1));
                    table.set(slot, old.get(i));
                    table.set(slot + 1, old.get(i + 1));
                }
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

    @Override
    public void close() throws IOException {
        table.close();
    }
}
