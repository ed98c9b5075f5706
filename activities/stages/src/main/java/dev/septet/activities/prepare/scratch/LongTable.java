package dev.septet.activities.prepare.scratch;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A table of numbers, all 0 at first: in the heap, or in a scratch file that is mapped into memory. The operating system keeps
 * the used parts of the file in free memory, outside of the heap, and takes that memory back when others need it.
 */
public final class LongTable implements Closeable {
    /** Numbers of one mapping: 1 GiB. A mapping cannot be larger than 2 GiB. */
    private static final int BITS = 27;

    private static final int ZEROS = 1 << 20;

    private final LongBuffer[] parts;
    private final @Nullable Path file;

    private LongTable(LongBuffer[] parts, @Nullable Path file) {
        this.parts = parts;
        this.file = file;
    }

    /** A table in the heap. */
    public static LongTable inHeap(int size) {
        return new LongTable(new LongBuffer[] {LongBuffer.allocate(size)}, null);
    }

    /**
     * A table in a new file. The file is written whole first: a full disk is then an error here, where later it would end
     * the process.
     */
    public static LongTable in(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
            long bytes = Math.multiplyExact(size, Long.BYTES);
            for (long at = 0; at < bytes; ) {
                zeros.clear().limit((int) Math.min(ZEROS, bytes - at));
                at += channel.write(zeros, at);
            }
            LongBuffer[] parts = new LongBuffer[Math.toIntExact((size + (1L << BITS) - 1) >>> BITS)];
            for (int i = 0; i < parts.length; i++) {
                long from = (long) i << BITS;
                long count = Math.min(1L << BITS, size - from);
                parts[i] = channel.map(FileChannel.MapMode.READ_WRITE, from * Long.BYTES, count * Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asLongBuffer();
            }
            return new LongTable(parts, file);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** The number at a place. */
    public long get(long at) {
        return parts[(int) (at >>> BITS)].get((int) at & (1 << BITS) - 1);
    }

    /** Puts a number at a place. */
    public void set(long at, long value) {
        parts[(int) (at >>> BITS)].put((int) at & (1 << BITS) - 1, value);
    }

    /** Removes the file. */
    @Override
    public void close() throws IOException {
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }
}
