package dev.septet.activities.dataset.file;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Reads a file byte by byte, counts its lines, and collects the current record up to a limit. */
public final class ByteCursor implements Closeable {
    /** Maximum length of a record: 10 MB. */
    public static final int MAX_RECORD_BYTES = 10_000_000;

    static final int END = -1;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;
    private long before;
    private boolean keeping = true;
    private long line;
    private long recordLine;
    private long length;
    private final ByteArrayOutputStream record = new ByteArrayOutputStream(4096);

    public ByteCursor(InputStream in) {
        this(in, 1);
    }

    /**
     * A cursor in a part of a file.
     *
     * @param firstLine number of the first line
     */
    public ByteCursor(InputStream in, long firstLine) {
        this.in = in;
        line = firstLine;
    }

    long line() {
        return line;
    }

    /** The next byte without consuming it, or {@link #END}. */
    int peek() throws IOException {
        if (at == filled) {
            before += filled;
            filled = Math.max(0, in.read(buffer));
            at = 0;
            if (filled == 0) {
                return END;
            }
        }
        return buffer[at] & 0xFF;
    }

    /** Consumes and returns the next byte, or {@link #END}. */
    int next() throws IOException {
        int b = peek();
        if (b != END) {
            at++;
            if (b == '\n') {
                line++;
            }
        }
        return b;
    }

    /** Number of bytes consumed so far. */
    public long position() {
        return before + at;
    }

    /** Consumes the rest of the line and its line end without interpreting the bytes. */
    void passLine() throws IOException {
        while (peek() != END) {
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            at = end;
            if (end < filled) {
                next();
                return;
            }
        }
    }

    public boolean keeping() {
        return keeping;
    }

    /** Sets whether the next records are collected, or only measured. */
    public void keeping(boolean records) {
        keeping = records;
    }

    /** Starts a record at the next byte. */
    void begin() {
        record.reset();
        length = 0;
        recordLine = line;
    }

    /** Adds a byte to the record; bytes beyond the limit are only counted. */
    void keep(int b) {
        if (length++ < MAX_RECORD_BYTES && keeping) {
            record.write(b);
        }
    }

    Slice end(boolean unfinished) {
        return new Slice(recordLine, record.toByteArray(), length, unfinished);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
