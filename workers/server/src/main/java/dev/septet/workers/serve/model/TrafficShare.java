package dev.septet.workers.serve.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Selects the requests that a challenger answers: those whose key, hashed with the seed to [0, 1),
 * is below the share. A key keeps its model while the seed stays the same. It changes at most once
 * while the share grows.
 *
 * @param seed seed of this trial
 * @param share share of the requests, in [0, 1]
 */
public record TrafficShare(String seed, double share) {
    private static final double UNIT = 0x1p-53;

    /** Whether the challenger answers a request with this key. */
    public boolean includes(String key) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(seed.getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
            byte[] hash = sha256.digest(key.getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getLong() >>> 11) * UNIT < share;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
