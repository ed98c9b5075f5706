package dev.septet.activities.backup;

import dev.septet.activities.store.ArtifactStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a backup is made of.
 *
 * @param store the store, for its fence against garbage collections
 * @param storeFiles its files as they are stored
 * @param bucket whether they are in a bucket
 * @param state the state folder
 * @param database copies the server's database; null = Septet does not run the server
 * @param folders folders outside of the store and the state folder: published models
 * @param keys files of keys that were asked for, by the settings that name them
 * @param leftOut what the backup does not have, one sentence each
 */
public record BackupSources(
        ArtifactStore store,
        FilePlace storeFiles,
        boolean bucket,
        Path state,
        @Nullable DatabaseCopy database,
        List<Path> folders,
        SortedMap<String, Path> keys,
        List<String> leftOut) {
    public BackupSources {
        folders = List.copyOf(folders);
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
        leftOut = List.copyOf(leftOut);
    }

    /** Makes a consistent copy of a database that is in use. */
    @FunctionalInterface
    public interface DatabaseCopy {
        void copyTo(Path file) throws IOException;
    }
}
