package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Artifacts and checkpoints: sets of files, each with a manifest. A set exists while its manifest
 * does: the manifest is written last and removed first.
 */
public interface FileSets {
    /**
     * A set's name.
     *
     * @param folder what it is in; ends in {@code /}
     * @param name an artifact's digest; a checkpoint's step and, in a bucket, its attempt
     * @param manifest name of the text with the manifest
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

        /** Steps done when a checkpoint was taken. */
        public int step() {
            return Integer.parseInt(name.split("-", -1)[0]);
        }

        /** The attempt that wrote a checkpoint; 0 = it is not known. */
        public int attempt() {
            int dash = name.indexOf('-');
            return dash < 0 ? 0 : Integer.parseInt(name.substring(dash + 1));
        }

        /** Name of the lock that its writers on one machine hold. */
        public String lock() {
            return isArtifact() ? "artifact " + name : "checkpoints " + StoreNames.scope(folder);
        }
    }

    /** Finds a checkpoint of the same step, if there is a whole one. */
    @FunctionalInterface
    interface Existing {
        Optional<CheckpointStore.Checkpoint> find() throws IOException;
    }

    /** Stored artifacts, in the order in which they are checked. */
    List<Key> artifacts() throws IOException;

    /** A scope's checkpoints, in any order; in a folder also those without a manifest. */
    List<Key> checkpoints(String scope) throws IOException;

    /** The name of a checkpoint that an attempt takes. */
    Key checkpoint(String scope, int step, Fence fence);

    /**
     * Stores files; links among them are followed.
     *
     * @param files where each file is, by the path it shall have in the artifact
     * @throws FencedException when a later attempt has taken over
     */
    Manifest putArtifact(Map<String, Path> files, Fence fence) throws IOException;

    /**
     * Stores a checkpoint, unless a whole one of its step is there.
     *
     * @param plain folder in the attempt's scratch with its files; may be gone afterwards
     * @throws FencedException when a later attempt has taken over
     */
    CheckpointStore.Checkpoint putCheckpoint(Key key, Manifest manifest, Path plain, Fence fence, Existing existing)
            throws IOException;

    /**
     * A set's files on this machine, plain, each verified.
     *
     * @throws CorruptArtifactException naming the file that is missing, short or changed
     */
    Path get(Key artifact) throws IOException;

    /** The same of a set whose manifest is known. */
    Path get(Key checkpoint, Manifest manifest) throws IOException;

    /**
     * Compares a set with its manifest, without a copy: a folder by all bytes, a bucket by sizes.
     *
     * @throws CorruptArtifactException naming what is not as it should be
     */
    void verify(Key key, Manifest manifest) throws IOException;

    /** Moves a damaged artifact aside; a bucket leaves it. */
    void setAside(Key artifact) throws IOException;

    /** Removes a checkpoint. */
    void delete(Key checkpoint) throws IOException;

    /**
     * Removes what no checkpoint of a scope needs.
     *
     * @param staying those that are left
     */
    void sweep(String scope, List<Key> staying, Fence fence) throws IOException;
}
