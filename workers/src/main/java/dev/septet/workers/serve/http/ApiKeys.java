package dev.septet.workers.serve.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of those who may ask. Only their hashes are kept; a comparison takes as long for a wrong
 * key as for a right one.
 */
public final class ApiKeys {
    /** Shorter ones could be guessed. */
    public static final int SHORTEST = 16;

    /** Nobody needs a key. */
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private final List<byte[]> hashes = new ArrayList<>();

    /**
     * @throws IllegalArgumentException when a key is too short; the message does not show it
     */
    public ApiKeys(List<String> keys) {
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            if (key.length() < SHORTEST || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new IllegalArgumentException(
                        "key %d is no key: at least %d characters of ASCII without spaces are needed"
                                .formatted(i + 1, SHORTEST));
            }
            hashes.add(hash(key));
        }
    }

    /** Whether a key is needed at all. */
    public boolean needed() {
        return !hashes.isEmpty();
    }

    /** Whether this is one of the keys. */
    boolean holds(String key) {
        byte[] hash = hash(key);
        boolean found = false;
        for (byte[] known : hashes) {
            found |= MessageDigest.isEqual(known, hash);
        }
        return found;
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
