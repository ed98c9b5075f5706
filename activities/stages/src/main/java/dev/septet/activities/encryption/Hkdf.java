package dev.septet.activities.encryption;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF with SHA-256 for keys of 32 bytes, one block: OKM = HMAC(HMAC(salt, IKM), info
 *
 * <p>1).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5869">RFC 5869</a>
 */
final class Hkdf {
    private static final String HMAC = "HmacSHA256";

    private Hkdf() {}

    /** The key for one file or text. */
    static SecretKey key(byte[] input, byte[] salt, byte[]... info) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(salt, HMAC));
            byte[] extracted = mac.doFinal(input);
            mac.init(new SecretKeySpec(extracted, HMAC));
            for (byte[] part : info) {
                mac.update(part);
            }
            mac.update((byte) 1);
            return new SecretKeySpec(mac.doFinal(), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256, which every JDK must provide", e);
        }
    }
}
