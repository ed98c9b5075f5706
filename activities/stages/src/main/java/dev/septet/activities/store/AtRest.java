package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a store's data is encrypted and cached.
 *
 * @param scratch folder for decrypted files while they are in use; null = the store's own scratch
 *     folder
 * @param bound size limit of the decrypted copies of a process
 */
record AtRest(AtRestEncryption encryption, @Nullable Path scratch, CacheBound bound) {

    /** Everything is written unencrypted. */
    static AtRest plain() {
        return new AtRest(AtRestEncryption.none(), null, CacheBound.of(Map.of()));
    }

    /**
     * The configuration in the environment variables.
     *
     * @throws IllegalArgumentException with a sentence when a value is invalid
     */
    static AtRest of(Map<String, String> environment) {
        AtRestEncryption encryption = AtRestEncryption.of(environment);
        String scratch = Setting.STORE_SCRATCH.text(environment);
        return new AtRest(
                encryption,
                scratch.isEmpty() || !encryption.encrypts()
                        ? null
                        : Path.of(scratch)
                                .toAbsolutePath()
                                .normalize()
                                // Old files there are removed, so the folder must be Septet's alone.
                                .resolve("septet-scratch"),
                CacheBound.of(environment));
    }
}
