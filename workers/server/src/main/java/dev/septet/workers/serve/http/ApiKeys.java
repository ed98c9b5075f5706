package dev.septet.workers.serve.http;

import dev.septet.workers.serve.keys.ApiKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The API keys that the server accepts. Only their hashes are in memory, and a comparison takes
 * constant time.
 */
public final class ApiKeys {
    /** Shortest key, in characters; a shorter key could be guessed. */
    public static final int SHORTEST = ApiKey.SHORTEST;

    /** No key is required. */
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private final List<ApiKey> keys;

    /**
     * Keys with all models and all scopes of the model server.
     *
     * @throws IllegalArgumentException when a key is too short; the message does not show it
     */
    public ApiKeys(List<String> keys) {
        this(plain(keys).toArray(ApiKey[]::new));
    }

    private ApiKeys(ApiKey... keys) {
        this.keys = List.of(keys);
    }

    /** Keys with names, scopes and models of their own. */
    public static ApiKeys of(List<ApiKey> keys) {
        return new ApiKeys(keys.toArray(ApiKey[]::new));
    }

    private static List<ApiKey> plain(List<String> keys) {
        List<ApiKey> named = new ArrayList<>();
        for (String key : keys) {
            try {
                named.add(ApiKey.plain(key));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "key %d %s", named.size() + 1, e.getMessage()), e);
            }
        }
        return named;
    }

    /** Whether a key is required. */
    public boolean needed() {
        return !keys.isEmpty();
    }

    /** Whether there are several keys; each key is a tenant. */
    public boolean several() {
        return keys.size() > 1;
    }

    /** Whether this very key, with these scopes, is one of them. */
    public boolean contains(ApiKey key) {
        return keys.contains(key);
    }

    /** The key with this text; null when there is none. */
    public @Nullable ApiKey find(String words) {
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
