package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.prepare.scratch.LongTable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The kept texts by the hashes of their bands. Each band has a hash table with linear probing, whose entries are a hash and
 * the number of a text. The entries of one hash are a bucket, which holds its first {@link #MAX_BUCKET} texts. Size: 12 to 24
 * bytes per text and band, in the heap at first, then in scratch files.
 */
final class BandIndex implements Closeable {
    /**
     * Texts that share a template fill a bucket. Without a limit the time would grow with the square of their number.
     */
    static final int MAX_BUCKET = 64;

    /** The tables of up to 2^16 texts stay in the heap: 1 MiB for each band. */
    private static final int SLOTS_IN_HEAP = 1 << 17;

    private final @Nullable Path file;
    private final LongTable[] tables;
    private long slots = 512;
    private int size;
    private long fullBuckets;

    /**
     * @param file beginning of the names of the scratch files; null keeps all tables in the heap
     */
    BandIndex(int bands, @Nullable Path file) {
        this.file = file;
        tables = new LongTable[bands];
        for (int band = 0; band < bands; band++) {
            tables[band] = LongTable.inHeap((int) slots);
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

    /**
     * The numbers of the texts that share a band with this one, from 0; a number occurs once for each shared band.
     *
     * @param keys hash of each band
     */
    int[] candidates(int[] keys) {
        int[] found = new int[16];
        int count = 0;
        for (int band = 0; band < tables.length; band++) {
            LongTable table = tables[band];
            long at = home(keys[band]);
            for (long entry = table.get(at); entry != 0; entry = table.get(at)) {
                if (hash(entry) == keys[band]) {
                    if (count == found.length) {
                        found = Arrays.copyOf(found, 2 * count);
                    }
                    found[count++] = text(entry);
                }
                at = at + 1 & slots - 1;
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Adds a text; its number is the number of texts before it. */
    void add(int[] keys) throws IOException {
        if (3L * size >= 2 * slots) {
            grow();
        }
        int text = size++;
        for (int band = 0; band < tables.length; band++) {
            add(tables[band], keys[band], text);
        }
    }

    private void add(LongTable table, int key, int text) {
        long at = home(key);
        int bucket = 0;
        for (long entry = table.get(at); entry != 0; entry = table.get(at)) {
            bucket += hash(entry) == key ? 1 : 0;
            if (bucket == MAX_BUCKET) {
                fullBuckets++;
                return;
            }
            at = at + 1 & slots - 1;
        }
        table.set(at, entry(key, text));
    }

    /** An entry is never 0, which marks an empty slot. */
    private static long entry(int hash, int text) {
        return (long) hash << 32 | (text + 1L);
    }

    private static int hash(long entry) {
        return (int) (entry >>> 32);
    }

    private static int text(long entry) {
        return (int) entry - 1;
    }

    /** Fibonacci hashing: neighbouring hashes must not fill neighbouring slots. */
    private long home(int hash) {
        return (hash * 0x9E3779B97F4A7C15L) >>> (64 - Long.numberOfTrailingZeros(slots));
    }

    /** Moves all entries. Those of one hash keep an order, which nothing depends on: a full bucket stays full. */
    private void grow() throws IOException {
        long before = slots;
        slots = 2 * before;
        for (int band = 0; band < tables.length; band++) {
            try (LongTable old = tables[band]) {
                LongTable table = file == null || slots <= SLOTS_IN_HEAP
                        ? LongTable.inHeap(Math.toIntExact(slots))
                        : LongTable.in(
                                file.resolveSibling(
                                        String.format(Locale.ROOT, "%s.%d.%d", file.getFileName(), band, slots)),
                                slots);
                tables[band] = table;
                for (long i = 0; i < before; i++) {
                    long entry = old.get(i);
                    if (entry != 0) {
                        long at = home(hash(entry));
                        while (table.get(at) != 0) {
                            at = at + 1 & slots - 1;
                        }
                        table.set(at, entry);
                    }
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (LongTable table : tables) {
            table.close();
        }
    }
}
