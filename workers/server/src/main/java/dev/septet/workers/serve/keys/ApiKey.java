package dev.septet.workers.serve.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An API key, of which only the hash is stored. Keys are random, so an unsalted SHA-256 cannot be
 * reversed.
 *
 * @param name name in logs and messages
 * @param sha256 SHA-256 of the key, in hex
 * @param models model names that the key may use; a name that ends in {@code *} matches all names
 *     with this prefix; empty for all models
 * @param expires time from which the key is refused; null for never
 */
public record ApiKey(
        String name,
        String sha256,
        Set<KeyScope> scopes,
        List<String> models,
        @Nullable Instant expires) {
    /** Shortest key, in characters; a shorter key could be guessed. */
    public static final int SHORTEST = 16;

    private static final int RANDOM_BYTES = 24;
    private static final int NAME_DIGITS = 8;

    public ApiKey {
        scopes = Set.copyOf(scopes);
        models = List.copyOf(models);
    }

    /**
     * A key with all models and all scopes of the model server, named by its hash.
     *
     * @throws IllegalArgumentException when the key is too short; the message does not show the key
     */
    public static ApiKey plain(String key) {
        if (key.length() < SHORTEST || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "is not a key: expected at least %d characters of ASCII without spaces", SHORTEST));
        }
        String hash = HexFormat.of().formatHex(hash(key));
        return new ApiKey("key-" + hash.substring(0, NAME_DIGITS), hash, KeyScope.MODEL_SERVER, List.of(), null);
    }

    /** The text of a new random key. */
    public static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return "septet-" + HexFormat.of().formatHex(bytes);
    }

    /** Whether the key may use this model. */
    public boolean mayUse(String model) {
        return models.isEmpty()
                || models.stream()
                        .anyMatch(allowed -> allowed.endsWith("*")
                                ? model.startsWith(allowed.substring(0, allowed.length() - 1))
                                : model.equals(allowed));
    }

    /** Whether the key has expired. */
    public boolean expired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** Whether this is the hash of the presented key; takes constant time. */
    public boolean matches(byte[] presented) {
        return MessageDigest.isEqual(HexFormat.of().parseHex(sha256), presented);
    }

    /** SHA-256 of a key's text. */
    public static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
