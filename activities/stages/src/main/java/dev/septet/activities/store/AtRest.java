package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a store lies on its disk or in its bucket.
 *
 * @param scratch where plain files are while they are in use; null = in the store's own scratch
 * @param bound how much a process keeps of plain copies
 */
record AtRest(AtRestEncryption encryption, @Nullable Path scratch, CacheBound bound) {

    /** Everything is written as it is. */
    static AtRest plain() {
        return new AtRest(AtRestEncryption.none(), null, CacheBound.of(Map.of()));
    }

    /**
     * What the environment asks for.
     *
     * @throws IllegalArgumentException with a sentence when it makes no sense
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
                                // What is old there is removed: it must be ours alone.
                                .resolve("septet-scratch"),
                CacheBound.of(environment));
    }
}
