package dev.septet.activities.dataset.compression;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Expands gzip members (RFC 1952). Unlike {@link java.util.zip.GZIPInputStream}, it refuses bytes
 * after a member that are no further member: they may be rows of a damaged file.
 */
final class GzipStream extends InputStream {
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int HEADER_CRC = 2;
    private static final int RESERVED = 0xE0;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private int at;
    private int filled;
    private boolean inMember;
    private boolean ended;

    GzipStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember && !header()) {
                ended = true;
                break;
            }
            int read = inflate(bytes, offset, length);
            if (read > 0) {
                crc.update(bytes, offset, read);
                return read;
            }
            if (inflater.finished()) {
                trailer();
            }
        }
        return -1;
    }

    private int inflate(byte[] bytes, int offset, int length) throws IOException {
        try {
            int read = inflater.inflate(bytes, offset, length);
            at = filled - inflater.getRemaining();
            if (read == 0 && !inflater.finished()) {
                if (inflater.needsDictionary()) {
                    throw new ZipException("needs a dictionary");
                }
                if (at == filled && !fill()) {
                    throw new EOFException();
                }
                inflater.setInput(buffer, at, filled - at);
            }
            return read;
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage() == null ? "invalid data" : e.getMessage());
        }
    }

    /** Reads a member's header; false at the end of the file. */
    private boolean header() throws IOException {
        if (at == filled && !fill()) {
            return false;
        }
        if (next() != 0x1F || next() != 0x8B) {
            throw new ZipException("is not gzip data");
        }
        int method = next();
        int flags = next();
        if (method != 8 || (flags & RESERVED) != 0) {
            throw new ZipException("has an unknown gzip header");
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        for (int text : new int[] {NAME, COMMENT}) {
            while ((flags & text) != 0 && next() != 0) {
                // a text that ends with 0
            }
        }
        skip((flags & HEADER_CRC) != 0 ? 2 : 0);
        inflater.reset();
        inflater.setInput(buffer, at, filled - at);
        crc.reset();
        inMember = true;
        return true;
    }

    private void trailer() throws IOException {
        long sum = number();
        long size = number();
        if (sum != crc.getValue()) {
            throw new ZipException("has another checksum than its data");
        }
        if (size != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
            throw new ZipException("has another length than its data");
        }
        inMember = false;
    }

    private long number() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private int next() throws IOException {
        if (at == filled && !fill()) {
            throw new EOFException();
        }
        return buffer[at++] & 0xFF;
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(buffer));
        return filled > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
