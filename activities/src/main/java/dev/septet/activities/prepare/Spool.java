package dev.septet.activities.prepare;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Encoded rows on their way between two passes, in a file that only this stage reads. */
final class Spool implements Iterable<Spool.Entry> {
    private static final int BUFFER = 1 << 16;

    private final Path file;

    Spool(Path file) {
        this.file = file;
    }

    /**
     * What is kept of a row.
     *
     * @param key its split key
     * @param line its line in the prepared file
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(long key, String line, int[] tokens, byte[] mask) {}

    Writer writer() throws IOException {
        return new Writer(
                new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(file), BUFFER)));
    }

    /** The entries in the order in which they were added; to be read to the end. */
    @Override
    public Iterator<Entry> iterator() {
        try {
            return new Reader(
                    new DataInputStream(
                            new BufferedInputStream(Files.newInputStream(file), BUFFER)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends entries. */
    record Writer(DataOutputStream out) implements Closeable {
        void add(Entry entry) throws IOException {
            byte[] line = entry.line().getBytes(StandardCharsets.UTF_8);
            out.writeBoolean(true);
            out.writeLong(entry.key());
            out.writeInt(line.length);
            out.write(line);
            out.writeInt(entry.tokens().length);
            for (int token : entry.tokens()) {
                out.writeInt(token);
            }
            out.write(entry.mask());
        }

        @Override
        public void close() throws IOException {
            out.writeBoolean(false);
            out.close();
        }
    }

    private static final class Reader implements Iterator<Entry> {
        private final DataInputStream in;
        private boolean more;

        Reader(DataInputStream in) throws IOException {
            this.in = in;
            advance();
        }

        @Override
        public boolean hasNext() {
            return more;
        }

        @Override
        public Entry next() {
            if (!more) {
                throw new NoSuchElementException();
            }
            try {
                long key = in.readLong();
                String line = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                int[] tokens = new int[in.readInt()];
                for (int i = 0; i < tokens.length; i++) {
                    tokens[i] = in.readInt();
                }
                byte[] mask = in.readNBytes(tokens.length);
                advance();
                return new Entry(key, line, tokens, mask);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void advance() throws IOException {
            more = in.readBoolean();
            if (!more) {
                in.close();
            }
        }
    }
}
