package dev.septet.workers.serve.keys;

import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param key which was presented; null where no keys are needed
 */
public record Caller(@Nullable ApiKey key) {
    /** Everybody, where no keys are needed. */
    public static final Caller ANYBODY = new Caller(null);

    /** Whose share of the server a request uses; empty where no keys are needed. */
    public String tenant() {
        return key == null ? "" : key.name();
    }

    /** The key's name; null where no keys are needed. */
    public @Nullable String keyName() {
        return key == null ? null : key.name();
    }

    /** Whether it may ask for this model. */
    public boolean mayUse(String model) {
        return key == null || key.mayUse(model);
    }
}
