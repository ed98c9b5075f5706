package dev.septet.workers.serve.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key, of which only the hash is kept. Keys are random: an unsalted SHA-256 of one cannot be
 * turned back.
 *
 * @param name what logs call it
 * @param sha256 of the key, in hex
 * @param models names that it may ask for; one that ends in {@code *} stands for all that begin so;
 *     empty for all models
 * @param expires from when on it is refused; null for never
 */
public record ApiKey(
        String name,
        String sha256,
        Set<KeyScope> scopes,
        List<String> models,
        @Nullable Instant expires) {
    /** Shorter ones could be guessed. */
    public static final int SHORTEST = 16;

    private static final int RANDOM_BYTES = 24;
    private static final int NAME_DIGITS = 8;

    public ApiKey {
        scopes = Set.copyOf(scopes);
        models = List.copyOf(models);
    }

    /**
     * A key that may do everything, named by its hash.
     *
     * @throws IllegalArgumentException when it is too short; the message does not show it
     */
    public static ApiKey plain(String key) {
        if (key.length() < SHORTEST || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "is not a key: expected at least %d characters of ASCII without spaces".formatted(SHORTEST));
        }
        String hash = HexFormat.of().formatHex(hash(key));
        return new ApiKey(
                "key-" + hash.substring(0, NAME_DIGITS), hash, EnumSet.allOf(KeyScope.class), List.of(), null);
    }

    /** A new key's own words. */
    public static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return "septet-" + HexFormat.of().formatHex(bytes);
    }

    /** Whether it may ask for this model. */
    public boolean mayUse(String model) {
        return models.isEmpty()
                || models.stream()
                        .anyMatch(allowed -> allowed.endsWith("*")
                                ? model.startsWith(allowed.substring(0, allowed.length() - 1))
                                : model.equals(allowed));
    }

    /** Whether it may not be used any more. */
    public boolean expired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** Whether these are its words; takes as long for wrong ones as for right ones. */
    public boolean matches(byte[] presented) {
        return MessageDigest.isEqual(HexFormat.of().parseHex(sha256), presented);
    }

    /** SHA-256 of a key's words. */
    public static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
