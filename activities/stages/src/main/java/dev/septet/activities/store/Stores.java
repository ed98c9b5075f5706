package dev.septet.activities.store;

import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.activities.store.bucket.S3Store;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Which store an operator has chosen. */
public final class Stores {

    private Stores() {}

    /** Whether the store that is named is one that several machines may share: a bucket. */
    public static boolean shared(Map<String, String> environment) {
        return S3Address.names(Setting.STORE.text(environment));
    }

    /**
     * The store that {@code SEPTET_STORE} names, else the one in the state folder; encrypted where
     * {@code SEPTET_STORE_KEYS} names a file with keys.
     *
     * @param folder where the local store is; copies of a shared store's artifacts go beside it
     * @throws IllegalArgumentException with a sentence when the variable makes no sense
     */
    public static ArtifactStore open(Path folder, Map<String, String> environment) {
        String named = Setting.STORE.text(environment);
        if (named.isEmpty()) {
            return new LocalStore(folder, new Disk(), AtRest.of(environment));
        }
        if (!S3Address.names(named)) {
            return new LocalStore(Path.of(named), new Disk(), AtRest.of(environment));
        }
        return new S3Store(
                S3Connection.of(environment),
                S3Address.of(named),
                folder.resolveSibling("store-copies"),
                AtRest.of(environment),
                new Disk(),
                Clock.systemUTC());
    }
}
