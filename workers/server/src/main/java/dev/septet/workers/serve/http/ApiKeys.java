package dev.septet.workers.serve.http;

import dev.septet.workers.serve.keys.ApiKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of those who may ask. Only their hashes are kept; a comparison takes as long for a wrong
 * key as for a right one.
 */
public final class ApiKeys {
    /** Shorter ones could be guessed. */
    public static final int SHORTEST = ApiKey.SHORTEST;

    /** Nobody needs a key. */
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private final List<ApiKey> keys;

    /**
     * Keys that may do everything.
     *
     * @throws IllegalArgumentException when a key is too short; the message does not show it
     */
    public ApiKeys(List<String> keys) {
        this(plain(keys).toArray(ApiKey[]::new));
    }

    private ApiKeys(ApiKey... keys) {
        this.keys = List.of(keys);
    }

    /** Keys with names of their own. */
    public static ApiKeys of(List<ApiKey> keys) {
        return new ApiKeys(keys.toArray(ApiKey[]::new));
    }

    private static List<ApiKey> plain(List<String> keys) {
        List<ApiKey> named = new ArrayList<>();
        for (String key : keys) {
            try {
                named.add(ApiKey.plain(key));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("key %d %s".formatted(named.size() + 1, e.getMessage()), e);
            }
        }
        return named;
    }

    /** Whether a key is needed at all. */
    public boolean needed() {
        return !keys.isEmpty();
    }

    /** Whether there are keys of several tenants. */
    public boolean several() {
        return keys.size() > 1;
    }

    /** The key whose words these are; null when it is none. */
    @Nullable
    ApiKey find(String words) {
        byte[] hash = ApiKey.hash(words);
        ApiKey found = null;
        for (ApiKey key : keys) {
            if (key.matches(hash)) {
                found = key;
            }
        }
        return found;
    }
}
