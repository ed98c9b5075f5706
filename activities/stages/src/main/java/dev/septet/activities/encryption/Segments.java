package dev.septet.activities.encryption;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM in segments, the STREAM construction: the nonce of a segment is a prefix of 7 bytes,
 * the segment's number in 4 bytes and 1 for the last segment, else 0. So no segment can be removed,
 * moved or truncated unnoticed. A stream has at least one segment; only the last one may be short.
 *
 * @see <a href="https://eprint.iacr.org/2015/189">Hoang, Reyhanitabar, Rogaway, Vizar, 2015</a>
 */
final class Segments {
    static final int PLAIN_BYTES = 64 << 10;
    static final int TAG_BYTES = 16;
    static final int PREFIX_BYTES = 7;

    private static final long MAX = 1L << 32;

    private final SecretKey key;
    private final byte[] prefix;
    private final Cipher cipher;
    private long number;

    /**
     * The segments of one stream.
     *
     * @param key key of this stream alone
     * @param prefix nonce prefix, 7 bytes
     */
    Segments(SecretKey key, byte[] prefix) throws GeneralSecurityException {
        this.key = key;
        this.prefix = prefix.clone();
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }

    /** Encrypts the next segment. */
    byte[] encrypted(byte[] plain, int length, boolean last) throws GeneralSecurityException {
        return next(Cipher.ENCRYPT_MODE, plain, length, last);
    }

    /**
     * Decrypts the next segment.
     *
     * @throws javax.crypto.AEADBadTagException when it is not the segment that was encrypted here
     */
    byte[] decrypted(byte[] secret, int length, boolean last) throws GeneralSecurityException {
        return next(Cipher.DECRYPT_MODE, secret, length, last);
    }

    /** Size of a ciphertext in bytes. */
    static long encryptedBytes(long plainBytes) {
        long segments = Math.max(1, (plainBytes + PLAIN_BYTES - 1) / PLAIN_BYTES);
        return plainBytes + segments * TAG_BYTES;
    }

    private byte[] next(int mode, byte[] bytes, int length, boolean last) throws GeneralSecurityException {
        if (number >= MAX) {
            throw new GeneralSecurityException("a file has at most 2^32 segments");
        }
        byte[] nonce = ByteBuffer.allocate(PREFIX_BYTES + Integer.BYTES + 1)
                .put(prefix)
                .putInt((int) number)
                .put((byte) (last ? 1 : 0))
                .array();
        number++;
        cipher.init(mode, key, new GCMParameterSpec(Byte.SIZE * TAG_BYTES, nonce));
        return cipher.doFinal(bytes, 0, length);
    }
}
