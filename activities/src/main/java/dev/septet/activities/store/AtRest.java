package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestEncryption;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;

/**
 * How a store lies on its disk or in its bucket.
 *
 * @param scratch where plain files are while they are in use; null = in the store's own scratch
 * @param bound how much a process keeps of plain copies
 */
record AtRest(AtRestEncryption encryption, @Nullable Path scratch, CacheBound bound) {
    /** Names a folder for plain files while they are in use, such as one in memory. */
    static final String SCRATCH = "SEPTET_STORE_SCRATCH";

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
        String scratch = environment.getOrDefault(SCRATCH, "").strip();
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
