package dev.septet.activities.encryption;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.function.Supplier;

/**
 * Decrypts a stream while it is read. Bytes are returned only after their segment was verified. The
 * end of the stream is reported only after the segment that was encrypted as the last one.
 */
final class DecryptingInput extends InputStream {
    private static final int SECRET_BYTES = Segments.PLAIN_BYTES + Segments.TAG_BYTES;

    private final InputStream in;
    private final Segments segments;
    private final Supplier<DamagedCiphertextException> damaged;
    private byte[] coming;
    private byte[] plain = {};
    private int at;
    private boolean ended;

    /**
     * Decrypts a stream from the position after its header.
     *
     * @param damaged the exception when a segment is not what was written
     */
    DecryptingInput(InputStream in, Segments segments, Supplier<DamagedCiphertextException> damaged)
            throws IOException {
        this.in = in;
        this.segments = segments;
        this.damaged = damaged;
        coming = in.readNBytes(SECRET_BYTES);
    }

    @Override
    public int read() throws IOException {
        return isAtEnd() ? -1 : plain[at++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (isAtEnd()) {
            return -1;
        }
        int given = Math.min(count, plain.length - at);
        System.arraycopy(plain, at, bytes, offset, given);
        at += given;
        return given;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean isAtEnd() throws IOException {
        while (at == plain.length && !ended) {
            segment();
        }
        return at == plain.length;
    }

    private void segment() throws IOException {
        byte[] secret = coming;
        coming = secret.length < SECRET_BYTES ? new byte[0] : in.readNBytes(SECRET_BYTES);
        boolean last = coming.length == 0;
        try {
            if (secret.length < Segments.TAG_BYTES) {
                throw new GeneralSecurityException("too short");
            }
            plain = segments.decrypted(secret, secret.length, last);
            at = 0;
            ended = last;
        } catch (GeneralSecurityException e) {
            throw damaged.get();
        }
    }
}
