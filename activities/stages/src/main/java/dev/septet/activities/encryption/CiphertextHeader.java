package dev.septet.activities.encryption;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * The header of an encrypted file. Its length is fixed, so that the file's size determines the
 * plain size:
 *
 * <pre>
 *  8 bytes  0x93 "SEPTET" 1; no UTF-8 text begins like this
 *  1 byte   length of the key's name
 * 64 bytes  the key's name, then zeros
 * 32 bytes  salt, random
 *  7 bytes  prefix of the nonces, random
 * </pre>
 *
 * The key of the file is derived from the named key, the salt, this header and the file's place.
 * With another header or in another place, the same bytes cannot be decrypted.
 */
public final class CiphertextHeader {
    public static final int BYTES = 8 + 1 + StoreKeyFile.LONGEST_NAME + 32 + Segments.PREFIX_BYTES;

    private static final byte[] MAGIC = {(byte) 0x93, 'S', 'E', 'P', 'T', 'E', 'T', 1};
    private static final int SALT_AT = MAGIC.length + 1 + StoreKeyFile.LONGEST_NAME;
    private static final int PREFIX_AT = BYTES - Segments.PREFIX_BYTES;

    private final String keyName;
    private final byte[] bytes;

    private CiphertextHeader(String keyName, byte[] bytes) {
        this.keyName = keyName;
        this.bytes = bytes;
    }

    /** The header of a new file. */
    static CiphertextHeader create(String keyName, SecureRandom random) {
        byte[] rest = new byte[BYTES - SALT_AT];
        random.nextBytes(rest);
        byte[] name = keyName.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes =
                ByteBuffer.allocate(BYTES).put(MAGIC).put((byte) name.length).put(name);
        bytes.put(SALT_AT, rest);
        return new CiphertextHeader(keyName, bytes.array());
    }

    /** Reads a stream's first bytes; empty when they are not the header of an encrypted file. */
    static Optional<CiphertextHeader> read(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(BYTES);
        if (bytes.length < BYTES || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return Optional.empty();
        }
        int length = bytes[MAGIC.length];
        if (length < 1 || length > StoreKeyFile.LONGEST_NAME) {
            return Optional.empty();
        }
        String name = new String(bytes, MAGIC.length + 1, length, StandardCharsets.US_ASCII);
        return Optional.of(new CiphertextHeader(name, bytes));
    }

    String keyName() {
        return keyName;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** The key of this file. */
    SecretKey fileKey(SecretKey named, String place) {
        return Hkdf.key(
                named.getEncoded(),
                Arrays.copyOfRange(bytes, SALT_AT, PREFIX_AT),
                bytes,
                place.getBytes(StandardCharsets.UTF_8));
    }

    byte[] prefix() {
        return Arrays.copyOfRange(bytes, PREFIX_AT, BYTES);
    }
}
