package dev.septet.activities.store;

import dev.septet.settings.Setting;
import java.time.Duration;
import java.util.Map;

/**
 * How much a machine keeps of what it fetched from a shared store.
 *
 * @param bytes that may stay
 * @param rest how long an artifact stays at least after it was asked for: it may be in use
 */
public record CacheBound(long bytes, Duration rest) {

    private static final long GIGABYTE = 1_000_000_000L;

    /**
     * What the environment says, else 100 GB.
     *
     * @throws IllegalArgumentException with a sentence when it says something else than a number
     */
    public static CacheBound of(Map<String, String> environment) {
        String text = Setting.STORE_CACHE_GB.text(environment);
        long gigabytes = Long.parseLong(text.isEmpty() ? Setting.STORE_CACHE_GB.standard() : text);
        return new CacheBound(gigabytes * GIGABYTE, Duration.ofDays(1));
    }
}
