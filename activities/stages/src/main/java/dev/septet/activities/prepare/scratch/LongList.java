package dev.septet.activities.prepare.scratch;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list of numbers that only grows. Beyond {@link #IN_HEAP} numbers, the others are in scratch files. */
public final class LongList implements Closeable {
    /** 4 MiB. */
    private static final int IN_HEAP = 1 << 19;

    private static final int BITS = 20;

    private final @Nullable Path file;
    private final List<LongTable> parts = new ArrayList<>();
    private long[] first = new long[256];
    private long size;

    /**
     * @param file beginning of the names of the scratch files; null keeps all numbers in the heap
     */
    public LongList(@Nullable Path file) {
        this.file = file;
    }

    /** Adds a number at the end. */
    public void add(long value) throws IOException {
        if (file == null || size < IN_HEAP) {
            if (size == first.length) {
                first = Arrays.copyOf(first, Math.multiplyExact((int) size, 2));
            }
            first[(int) size++] = value;
            return;
        }
        long at = size++ - IN_HEAP;
        if (at >>> BITS == parts.size()) {
            parts.add(LongTable.in(file.resolveSibling(file.getFileName() + "." + parts.size()), 1L << BITS));
        }
        parts.get((int) (at >>> BITS)).set(at & (1L << BITS) - 1, value);
    }

    /** The number with this index, from 0. */
    public long get(long index) {
        if (file == null || index < IN_HEAP) {
            return first[(int) index];
        }
        long at = index - IN_HEAP;
        return parts.get((int) (at >>> BITS)).get(at & (1L << BITS) - 1);
    }

    /** Number of numbers. */
    public long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        for (LongTable part : parts) {
            part.close();
        }
    }
}
