package dev.septet.activities.prepare.duplicate;

import dev.septet.activities.prepare.scratch.LongList;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Texts by their number, each with a size. They are in a scratch file or in memory; so are their places.
 */
final class TextStore implements Closeable {
    private static final int BUFFER = 1 << 18;

    /** A text has at most {@link Shingles#MAX_CHARACTERS} shingles. */
    private static final int SIZE_BITS = 20;

    private final @Nullable FileChannel file;
    private byte[] unwritten = new byte[BUFFER];
    private int pending;
    private long written;
    /** For each text, its end in the file and its size. */
    private final LongList ends;

    private TextStore(@Nullable FileChannel file, LongList ends) {
        this.file = file;
        this.ends = ends;
    }

    /** A store in a new file. */
    static TextStore in(Path file) throws IOException {
        return new TextStore(
                FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                new LongList(file.resolveSibling(file.getFileName() + ".ends")));
    }

    /** A store in memory, for a sample of rows. */
    static TextStore inMemory() {
        return new TextStore(null, new LongList(null));
    }

    /**
     * Adds a text.
     *
     * @param size a number below 2^{@value #SIZE_BITS}
     */
    void add(String text, int size) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (pending + bytes.length > unwritten.length) {
            flush();
            if (pending + bytes.length > unwritten.length) {
                unwritten = Arrays.copyOf(unwritten, Math.max(2 * unwritten.length, pending + bytes.length));
            }
        }
        System.arraycopy(bytes, 0, unwritten, pending, bytes.length);
        pending += bytes.length;
        ends.add(((written + pending) << SIZE_BITS) | size);
    }

    /** The size of the text with this number. */
    int size(int number) {
        return (int) ends.get(number) & (1 << SIZE_BITS) - 1;
    }

    /** The text with this number, in the order of the calls of {@link #add}, from 0. */
    String get(int number) throws IOException {
        long start = number == 0 ? 0 : ends.get(number - 1) >>> SIZE_BITS;
        byte[] bytes = new byte[(int) ((ends.get(number) >>> SIZE_BITS) - start)];
        if (start >= written) {
            System.arraycopy(unwritten, (int) (start - written), bytes, 0, bytes.length);
        } else {
            read(ByteBuffer.wrap(bytes), start);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void read(ByteBuffer into, long start) throws IOException {
        if (file == null) {
            throw new IllegalStateException("a store in memory writes no text out");
        }
        long at = start;
        while (into.hasRemaining()) {
            int read = file.read(into, at);
            if (read < 0) {
                throw new EOFException("the scratch file of near-duplicates was cut");
            }
            at += read;
        }
    }

    private void flush() throws IOException {
        if (file == null) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(unwritten, 0, pending);
        while (bytes.hasRemaining()) {
            written += file.write(bytes, written);
        }
        pending = 0;
    }

    @Override
    public void close() throws IOException {
        try (ends) {
            if (file != null) {
                file.close();
            }
        }
    }
}
