package dev.septet.workers.serve.keys;

import org.jspecify.annotations.Nullable;

/**
 * The caller of a request.
 *
 * @param key the presented key; null where no keys are required
 */
public record Caller(@Nullable ApiKey key) {
    /** The caller where no keys are required. */
    public static final Caller ANYBODY = new Caller(null);

    /** The tenant whose share of the server the request uses; empty where no keys are required. */
    public String tenant() {
        return key == null ? "" : key.name();
    }

    /** The key's name; null where no keys are required. */
    public @Nullable String keyName() {
        return key == null ? null : key.name();
    }

    /** Whether the caller may use this model. */
    public boolean mayUse(String model) {
        return key == null || key.mayUse(model);
    }
}
