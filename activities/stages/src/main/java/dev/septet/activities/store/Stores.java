package dev.septet.activities.store;

import dev.septet.activities.store.bucket.S3Address;
import dev.septet.activities.store.bucket.S3Connection;
import dev.septet.activities.store.bucket.S3Store;
import dev.septet.settings.Setting;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Opens the store that the operator has configured. */
public final class Stores {

    private Stores() {}

    /** Whether several machines may share the configured store, which is so for a bucket. */
    public static boolean shared(Map<String, String> environment) {
        return S3Address.names(Setting.STORE.text(environment));
    }

    /**
     * Opens the store that {@code SEPTET_STORE} names, or else the one in the state folder. The
     * store is encrypted when {@code SEPTET_STORE_KEYS} names a key file.
     *
     * @param folder folder of the local store; copies of a shared store's artifacts are beside it
     * @throws IllegalArgumentException with a message for users when a variable is invalid
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
