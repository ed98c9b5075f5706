package dev.septet.activities.store;

import java.time.Duration;
import java.util.Map;

/**
 * How much a machine keeps of what it fetched from a shared store.
 *
 * @param bytes that may stay
 * @param rest how long an artifact stays at least after it was asked for: it may be in use
 */
public record CacheBound(long bytes, Duration rest) {
    /** The variable that sets it, in gigabytes of 10^9 bytes. */
    public static final String VARIABLE = "SEPTET_STORE_CACHE_GB";

    private static final long GIGABYTE = 1_000_000_000L;
    private static final long USUAL_GIGABYTES = 100;

    /**
     * What the environment says, else 100 GB.
     *
     * @throws IllegalArgumentException with a sentence when it says something else than a number
     */
    public static CacheBound of(Map<String, String> environment) {
        String text = environment.getOrDefault(VARIABLE, "").strip();
        if (!text.matches("[0-9]{0,6}")) {
            throw new IllegalArgumentException(
                    "%s is a whole number of gigabytes such as 50, got '%s'"
                            .formatted(VARIABLE, text));
        }
        long gigabytes = text.isEmpty() ? USUAL_GIGABYTES : Long.parseLong(text);
        return new CacheBound(gigabytes * GIGABYTE, Duration.ofDays(1));
    }
}
