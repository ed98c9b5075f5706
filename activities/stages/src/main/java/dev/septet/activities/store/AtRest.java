package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a store lies on its disk or in its bucket.
 *
 * @param scratch where plain files are while they are in use; null = in the store's own scratch
 * @param bound how much a process keeps of plain copies
 */
public record AtRest(AtRestEncryption encryption, @Nullable Path scratch, CacheBound bound) {

    /** Everything is written as it is. */
    public static AtRest plain() {
        return new AtRest(AtRestEncryption.none(), null, CacheBound.of(Map.of()));
    }

    /**
     * What the environment asks for.
     *
     * @throws IllegalArgumentException with a sentence when it makes no sense
     */
    public static AtRest of(Map<String, String> environment) {
        AtRestEncryption encryption = AtRestEncryption.of(environment);
        String scratch = Setting.STORE_SCRATCH.text(environment);
        return new AtRest(
                encryption,
                scratch.isEmpty() || !encryption.encrypts()
                        ? null
                        : Path.of(scratch)
                                .toAbsolutePath()
                                .normalize()
                                // What is old there is removed: it must be ours alone.
                                .resolve("septet-scratch"),
                CacheBound.of(environment));
    }

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
}
