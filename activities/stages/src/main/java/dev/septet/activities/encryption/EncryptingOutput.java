package dev.septet.activities.encryption;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;

/** Encrypts a stream while it is written; {@link #close} writes the last segment. */
final class EncryptingOutput extends OutputStream {
    private final OutputStream out;
    private final Segments segments;
    private final byte[] plain = new byte[Segments.PLAIN_BYTES];
    private int length;
    private boolean closed;

    EncryptingOutput(OutputStream out, Segments segments) {
        this.out = out;
        this.segments = segments;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int from = offset;
        int left = count;
        while (left > 0) {
            if (length == plain.length) {
                segment(false); // more follows, so it is not the last
            }
            int copied = Math.min(left, plain.length - length);
            System.arraycopy(bytes, from, plain, length, copied);
            length += copied;
            from += copied;
            left -= copied;
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try (out) {
                segment(true);
            }
        }
    }

    private void segment(boolean last) throws IOException {
        try {
            out.write(segments.encrypted(plain, length, last));
            length = 0;
        } catch (GeneralSecurityException e) {
            throw new IOException("a file cannot be encrypted: " + e.getMessage(), e);
        }
    }
}
