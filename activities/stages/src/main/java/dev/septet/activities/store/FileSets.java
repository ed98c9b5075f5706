package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Artifacts and checkpoints: sets of files, each with a manifest. A set exists while its manifest
 * exists: the manifest is written last and removed first.
 */
public interface FileSets {
    /**
     * A set's name.
     *
     * @param folder the folder that contains the set; ends in {@code /}
     * @param name an artifact's digest; a checkpoint's step and, in a bucket, its attempt
     * @param manifest store name of the manifest
     */
    record Key(String folder, String name, String manifest) {
        /** Newest first. */
        public static final Comparator<Key> BY_STEP = Comparator.comparingInt(Key::step)
                .thenComparingInt(Key::attempt)
                .reversed();

        public static Key artifact(String digest) {
            return new Key(StoreNames.ARTIFACTS, digest, StoreNames.ARTIFACTS + digest + "/" + Manifest.FILE);
        }

        public boolean isArtifact() {
            return folder.equals(StoreNames.ARTIFACTS);
        }

        /** The number of steps done when a checkpoint was taken. */
        public int step() {
            return Integer.parseInt(name.split("-", -1)[0]);
        }

        /** The attempt that wrote a checkpoint; 0 when it is not known. */
        public int attempt() {
            int dash = name.indexOf('-');
            return dash < 0 ? 0 : Integer.parseInt(name.substring(dash + 1));
        }

        /** Name of the lock that the set's writers on one machine hold. */
        public String lock() {
            return isArtifact() ? "artifact " + name : "checkpoints " + StoreNames.scope(folder);
        }
    }

    /** Finds an undamaged checkpoint of the same step. */
    @FunctionalInterface
    interface Existing {
        Optional<CheckpointStore.Checkpoint> find() throws IOException;
    }

    /**
     * Encrypts the files of a set with the current key, where an earlier key encrypted them.
     *
     * @return the sizes of these files in bytes
     */
    List<Long> reencrypt(Key key, Manifest manifest, Fence fence) throws IOException;

    /** Runs work while no writer of this machine changes a set. */
    <R> R exclusively(Key key, Storage.Work<R> work) throws IOException;

    /** Stored artifacts, in the order in which they are checked. */
    List<Key> artifacts() throws IOException;

    /** A scope's checkpoints, in any order; a folder also lists checkpoints without a manifest. */
    List<Key> checkpoints(String scope) throws IOException;

    /** The scopes that have files of checkpoints and whose names begin with a prefix, in any order, perhaps repeated. */
    List<String> scopes(String prefix) throws IOException;

    /** Removes all files of a scope's checkpoints, manifests first. */
    void clear(String scope) throws IOException;

    /** The name of a checkpoint that an attempt takes. */
    Key checkpoint(String scope, int step, Fence fence);

    /**
     * Stores files; symbolic links are followed.
     *
     * @param files path of each file on this machine, by its path in the artifact
     * @throws FencedException when a later attempt has taken over
     */
    Manifest putArtifact(Map<String, Path> files, Fence fence) throws IOException;

    /**
     * Stores a checkpoint, unless an undamaged checkpoint of its step exists.
     *
     * @param plain folder in the attempt's scratch with the unencrypted files; this method may move
     *     or remove it
     * @throws FencedException when a later attempt has taken over
     */
    CheckpointStore.Checkpoint putCheckpoint(Key key, Manifest manifest, Path plain, Fence fence, Existing existing)
            throws IOException;

    /**
     * A folder on this machine with an artifact's files, decrypted and verified.
     *
     * @throws CorruptArtifactException naming the file that is missing, short or changed
     */
    Path get(Key artifact) throws IOException;

    /** A folder on this machine with a checkpoint's files, decrypted and verified. */
    Path get(Key checkpoint, Manifest manifest) throws IOException;

    /**
     * Compares a set with its manifest, without copying it. A folder compares all bytes, a bucket
     * only sizes.
     *
     * @throws CorruptArtifactException naming the first file that differs
     */
    void verify(Key key, Manifest manifest) throws IOException;

    /** Compares all bytes of a set with its manifest, also where that means to download them. */
    default void verifyBytes(Key key, Manifest manifest) throws IOException {
        verify(key, manifest);
    }

    /** Moves a damaged artifact to another folder; a bucket leaves it in place. */
    void setAside(Key artifact) throws IOException;

    /** Artifacts with their sizes, by digest. An incomplete one has the time {@link Storage.Used#PARTIAL}. */
    List<Storage.Used> usedArtifacts() throws IOException;

    /** The scopes that have checkpoints, with the size of all their files; the newest use of any of them counts. */
    List<Storage.Used> usedCheckpoints() throws IOException;

    /** Damaged artifacts that were moved aside. */
    List<Storage.Used> usedDamaged() throws IOException;

    /**
     * Marks an artifact or a checkpoint's scope as used now, so that a garbage collection leaves it. A set that was marked
     * within the last {@link Storage.Used#RENEWED_EVERY} is not marked again.
     *
     * @throws CorruptArtifactException when it is gone
     */
    void renew(Key key) throws IOException;

    /**
     * Removes an artifact that was last used before a time. No use of it is recorded in between.
     *
     * @return whether it is gone
     * @throws FencedException when a later attempt has taken over
     */
    boolean removeIf(Key artifact, Instant before, Fence fence) throws IOException;

    /** Removes the checkpoints of a scope like {@link #removeIf}. */
    boolean clearIf(String scope, Instant before, Fence fence) throws IOException;

    /** Removes a damaged artifact that was moved aside. */
    void removeDamaged(String name, Fence fence) throws IOException;

    /**
     * The text of a small file of an artifact, verified.
     *
     * @throws CorruptArtifactException when it is missing or changed
     */
    String text(Key artifact, Manifest.Entry entry) throws IOException;

    /** Removes an artifact with the files that no other artifact has. A repeated call completes an interrupted one. */
    void remove(Key artifact, Fence fence) throws IOException;

    /** Removes a checkpoint. */
    void delete(Key checkpoint) throws IOException;

    /**
     * Removes files that no checkpoint of a scope needs.
     *
     * @param staying the scope's remaining checkpoints
     */
    void sweep(String scope, List<Key> staying, Fence fence) throws IOException;
}
