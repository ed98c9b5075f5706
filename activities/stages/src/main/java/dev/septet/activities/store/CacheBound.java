package dev.septet.activities.store;

import dev.septet.settings.Setting;
import java.time.Duration;
import java.util.Map;

/**
 * The size limit of a machine's copies of a shared store.
 *
 * @param bytes size limit in bytes
 * @param rest minimum time that an artifact stays after its last use, because it may be in use
 */
public record CacheBound(long bytes, Duration rest) {

    private static final long GIGABYTE = 1_000_000_000L;

    /**
     * The limit in the environment variables, or else 100 GB.
     *
     * @throws IllegalArgumentException with a sentence when the value is not a number
     */
    public static CacheBound of(Map<String, String> environment) {
        String text = Setting.STORE_CACHE_GB.text(environment);
        long gigabytes = Long.parseLong(text.isEmpty() ? Setting.STORE_CACHE_GB.standard() : text);
        return new CacheBound(gigabytes * GIGABYTE, Duration.ofDays(1));
    }
}
