package dev.septet.activities.prepare.augment;

import dev.septet.activities.store.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Random;

/**
 * Random choices that depend only on the seed, the purpose and the row's content, so they are the same on every worker and
 * in every attempt.
 *
 * @param purpose what is chosen, such as {@code typos}
 */
public record RowDraw(String purpose, long seed) {
    /** Random numbers for one copy of a row. */
    Random random(byte[] digest, int copy) {
        return new Random(number(digest, "copy " + copy));
    }

    /**
     * Whether a row is chosen.
     *
     * @param share the chosen part in percent
     */
    public boolean chooses(byte[] digest, double share) {
        return share >= 100 || (number(digest, "share") >>> 11) * 0x1.0p-53 < share / 100;
    }

    private long number(byte[] digest, String part) {
        MessageDigest sha256 = Sha256.start();
        sha256.update(
                String.format(Locale.ROOT, "%s %d %s\n", purpose, seed, part).getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(sha256.digest(digest)).getLong();
    }
}
