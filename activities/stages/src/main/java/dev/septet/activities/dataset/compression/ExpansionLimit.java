package dev.septet.activities.dataset.compression;

import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.text.PublicText;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * An expanding stream that ends with a {@link DatasetProblem} when the file is damaged, or expands
 * to more than plain rows do. Every problem names the byte of the compressed file.
 */
final class ExpansionLimit extends InputStream {
    /** Rows of one repeated text expand about 100 times. */
    static final int MAX_RATIO = 250;

    /** Files that expand to less than this are read whatever their ratio is: 64 MB. */
    static final long SMALL = 64L << 20;

    /** The largest expanded size: 1 TB. */
    static final long MAX_BYTES = 1L << 40;

    private final Counted file;
    private final String name;
    private final Opening opening;
    private @Nullable InputStream expanding;
    private long expanded;

    private ExpansionLimit(Counted file, String name, Opening opening) {
        this.file = file;
        this.name = name;
        this.opening = opening;
    }

    /** Opens the expanding stream of a compressed one. */
    @FunctionalInterface
    interface Opening {
        InputStream open(InputStream compressed) throws IOException;
    }

    /**
     * @param name the file's name in messages
     */
    static InputStream open(InputStream compressed, String name, Opening opening) {
        return new ExpansionLimit(new Counted(compressed), name, opening);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read;
        try {
            if (expanding == null) {
                expanding = opening.open(file);
            }
            read = expanding.read(bytes, offset, length);
        } catch (EOFException e) {
            throw damaged(PublicText.of("ends before its data is complete"));
        } catch (IOException e) {
            if (file.failed) {
                throw e;
            }
            // The libraries' messages name parts of the compressed format, never the data.
            String message = e.getMessage() == null ? "" : e.getMessage();
            throw damaged(
                    message.contains("runcated")
                            ? PublicText.of("ends before its data is complete")
                            : PublicText.of("%s", PublicText.said(message)));
        }
        expanded += Math.max(0, read);
        if (expanded > MAX_BYTES || (expanded > SMALL && expanded / MAX_RATIO > file.bytes)) {
            throw problem(PublicText.of(
                    "expands to more than %,d bytes, expected at most %d times its size. It may be made to fill"
                            + " a disk; take the uncompressed file",
                    expanded, MAX_RATIO));
        }
        return read;
    }

    private DatasetProblem damaged(PublicText how) {
        return problem(PublicText.of("%s; the file is damaged, get it again from its source", how));
    }

    private DatasetProblem problem(PublicText reason) {
        return new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s: near byte %,d of the compressed file: %s", PublicText.file(name), file.bytes, reason));
    }

    @Override
    public void close() throws IOException {
        try (file) {
            if (expanding != null) {
                expanding.close();
            }
        }
    }

    /** Counts the compressed bytes, and remembers whether the disk failed. */
    private static final class Counted extends FilterInputStream {
        private long bytes;
        private boolean failed;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                int read = in.read(buffer, offset, length);
                bytes += Math.max(0, read);
                return read;
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }
    }
}
