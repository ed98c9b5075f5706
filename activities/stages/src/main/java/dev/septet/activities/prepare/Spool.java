package dev.septet.activities.prepare;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.lineage.RowOrigin;
import dev.septet.llm.train.data.TokenDataset;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Encoded rows in a temporary file. The first pass over the dataset writes them, and the second
 * pass distributes them to the splits.
 */
public final class Spool implements Iterable<Spool.Entry> {
    private static final int BUFFER = 1 << 16;

    private final Path file;

    Spool(Path file) {
        this.file = file;
    }

    /**
     * A stored row.
     *
     * @param line its line in the prepared file
     * @param rows its tokens; two rows for a preference pair
     * @param origins where it comes from, several for a row that was made of several; empty when rows are not traced
     */
    public record Entry(String line, List<TokenDataset.Row> rows, List<RowOrigin> origins) {
        public Entry {
            origins = List.copyOf(origins);
        }
    }

    /** Receives entries. */
    @FunctionalInterface
    interface Sink {
        void add(Entry entry) throws IOException;
    }

    Writer writer() throws IOException {
        return new Writer(new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER)));
    }

    /** The entries in insertion order; read the iterator to its end. */
    @Override
    public Iterator<Entry> iterator() {
        try {
            return new Reader(new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of the entries in insertion order; read each iterator to its end. */
    Iterable<String> lines() {
        return () -> new Iterator<>() {
            private final Iterator<Entry> entries = Spool.this.iterator();

            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public String next() {
                return entries.next().line();
            }
        };
    }

    /** Appends entries to the file. */
    record Writer(DataOutputStream out) implements Sink, Closeable {
        @Override
        public void add(Entry entry) throws IOException {
            byte[] line = entry.line().getBytes(StandardCharsets.UTF_8);
            out.writeBoolean(true);
            out.writeInt(line.length);
            out.write(line);
            out.writeInt(entry.origins().size());
            for (RowOrigin origin : entry.origins()) {
                byte[] file = origin.place().file().getBytes(StandardCharsets.UTF_8);
                out.writeInt(file.length);
                out.write(file);
                out.writeLong(origin.place().line());
                out.writeUTF(origin.digest());
                String content = origin.content();
                out.writeUTF(content == null ? "" : content);
            }
            out.writeInt(entry.rows().size());
            for (TokenDataset.Row row : entry.rows()) {
                number(row.tokens().length);
                for (int token : row.tokens()) {
                    number(token);
                }
                mask(row.mask());
            }
        }

        /** Seven bits in a byte, the lowest ones first: most token ids need two bytes. */
        private void number(int number) throws IOException {
            int left = number;
            while ((left & ~0x7F) != 0) {
                out.write((left & 0x7F) | 0x80);
                left >>>= 7;
            }
            out.write(left);
        }

        /** The lengths of the runs of equal marks, the first of which is a run of zeros. */
        private void mask(byte[] mask) throws IOException {
            boolean marked = false;
            for (int from = 0, to; from < mask.length; from = to) {
                to = from;
                while (to < mask.length && (mask[to] == 1) == marked) {
                    to++;
                }
                number(to - from);
                marked = !marked;
            }
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
                String line = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                List<RowOrigin> origins = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    origins.add(origin());
                }
                List<TokenDataset.Row> rows = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    rows.add(row());
                }
                advance();
                return new Entry(line, rows, origins);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private RowOrigin origin() throws IOException {
            String file = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
            RowPlace place = new RowPlace(file, in.readLong());
            String digest = in.readUTF();
            String content = in.readUTF();
            return new RowOrigin(place, digest, content.isEmpty() ? null : content);
        }

        private TokenDataset.Row row() throws IOException {
            int[] tokens = new int[number()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = number();
            }
            byte[] mask = new byte[tokens.length];
            boolean marked = false;
            for (int at = 0; at < mask.length; marked = !marked) {
                int run = number();
                if (marked) {
                    Arrays.fill(mask, at, at + run, (byte) 1);
                }
                at += run;
            }
            return new TokenDataset.Row(tokens, mask);
        }

        private int number() throws IOException {
            int number = 0;
            for (int shift = 0; ; shift += 7) {
                int read = in.readUnsignedByte();
                number |= (read & 0x7F) << shift;
                if (read < 0x80) {
                    return number;
                }
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
