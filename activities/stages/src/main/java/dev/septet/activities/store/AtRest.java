package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a store is encrypted and cached.
 *
 * @param scratch folder for unencrypted files while they are in use; null = the store's own scratch
 *     folder
 * @param bound limit of the unencrypted copies on this machine
 */
public record AtRest(AtRestEncryption encryption, @Nullable Path scratch, CacheBound bound) {

    /** A store without encryption. */
    public static AtRest plain() {
        return new AtRest(AtRestEncryption.none(), null, CacheBound.of(Map.of()));
    }

    /**
     * The settings in the environment variables.
     *
     * @throws IllegalArgumentException with a message for users when a variable is invalid
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
                                // Old files there are removed, so no other program may use this folder.
                                .resolve("septet-scratch"),
                CacheBound.of(environment));
    }

    /**
     * Limit of the copies that a machine keeps of a shared store's artifacts.
     *
     * @param bytes largest total size
     * @param idle minimum time that an artifact stays after its last request, because it may be in
     *     use
     */
    public record CacheBound(long bytes, Duration idle) {

        private static final long GIGABYTE = 1_000_000_000L;

        /**
         * The limit in the environment variables; 100 GB by default.
         *
         * @throws IllegalArgumentException when the variable is not a number
         */
        public static CacheBound of(Map<String, String> environment) {
            String text = Setting.STORE_CACHE_GB.text(environment);
            long gigabytes = Long.parseLong(text.isEmpty() ? Setting.STORE_CACHE_GB.standard() : text);
            return new CacheBound(gigabytes * GIGABYTE, Duration.ofDays(1));
        }
    }
}
