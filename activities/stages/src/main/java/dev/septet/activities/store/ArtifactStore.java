package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestCount;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Stores artifacts by their content, and small records by name. Readers never see anything partial:
 * an artifact exists when its manifest exists, and the manifest is written last.
 */
public interface ArtifactStore {
    /** The prefix of every artifact's URI, wherever the store is. */
    String SCHEME = "store:artifacts/";

    /** The checkpoints beside the artifacts, with the same fencing. */
    CheckpointStore checkpoints();

    /**
     * Acquires the right to write in a scope.
     *
     * @throws FencedException when a later attempt already has it
     */
    void open(Fence fence) throws IOException;

    /**
     * Stores a folder's regular files. Equal content always gives an equal reference.
     *
     * @throws FencedException when a later attempt has taken over
     */
    ArtifactRef put(Path folder, Fence fence) throws IOException;

    /**
     * Stores selected files; links are followed.
     *
     * @param files path of each file on this machine, by its path in the artifact
     * @throws FencedException when a later attempt has taken over
     */
    ArtifactRef put(Map<String, Path> files, Fence fence) throws IOException;

    /**
     * A local, read-only folder with the artifact's files, each verified against the manifest.
     *
     * @throws CorruptArtifactException naming the file that is missing, truncated or changed
     */
    Path fetch(ArtifactRef ref) throws IOException;

    /** Whether the store has an artifact; its files are not verified. */
    boolean holds(ArtifactRef ref) throws IOException;

    /**
     * Removes an artifact from the store for good, with its copies on this machine. Removing it again does nothing. Other
     * machines keep their copies.
     *
     * @throws FencedException when a later attempt has taken over
     */
    void remove(ArtifactRef ref, Fence fence) throws IOException;

    /** A record's text, if the record exists. Names look like paths: {@code results/<key>}. */
    Optional<String> record(String name) throws IOException;

    /** Names of the records with a prefix, sorted. */
    List<String> records(String prefix) throws IOException;

    /**
     * Writes or replaces a record atomically: readers see the old text or the new one.
     *
     * @throws FencedException when a later attempt has taken over
     */
    void putRecord(String name, String text, Fence fence) throws IOException;

    /**
     * Writes or replaces a record atomically, but only if its present text is the expected one
     * (compare and swap). A record with several writers is written only in this way.
     *
     * @param expected the present text, empty for no record
     * @return false when the text is another one: another writer was faster, and nothing was
     *     written
     * @throws FencedException when a later attempt has taken over
     */
    boolean replaceRecord(String name, Optional<String> expected, String text, Fence fence) throws IOException;

    /**
     * Marks a record as used now, so that a garbage collection leaves it. {@link #fetch} and {@link #put} do the same for
     * artifacts.
     *
     * @return whether the record exists
     */
    boolean renew(String record) throws IOException;

    /**
     * Marks an artifact as used now, as {@link #fetch} does, without reading its files.
     *
     * @throws CorruptArtifactException when it is gone
     */
    void renew(ArtifactRef ref) throws IOException;

    /** Runs work while no other thread or process of this machine runs work of this name on this store. */
    <R> R exclusively(String name, Storage.Work<R> work) throws IOException;

    /** What the store holds, for garbage collection and checks. */
    Contents contents();

    /** What a store holds, with the times of the last uses, and removal of what was not used since a time. */
    interface Contents {
        /**
         * What a look at a scope's checkpoints found.
         *
         * @param damaged one sentence for each damaged checkpoint
         * @param locked number of checkpoints whose key is not configured
         */
        record VerifiedCheckpoints(List<String> damaged, int locked) {
            public VerifiedCheckpoints {
                damaged = List.copyOf(damaged);
            }
        }

        /**
         * What was encrypted again.
         *
         * @param texts number of manifests and records
         * @param files number of files
         * @param bytes size of the files
         * @param locked number of texts and sets whose key is not configured
         */
        record Reencrypted(int texts, int files, long bytes, int locked) {}

        /**
         * Encrypts with the current key what earlier keys encrypted, while other processes use the store. What is plain stays
         * plain, because other processes may use it in its place.
         *
         * @param progress receives the number of bytes so far
         * @throws FencedException when another call has begun; what this one has written is valid
         */
        Reencrypted reencrypt(Fence fence, LongConsumer progress) throws IOException;

        /** Artifacts by digest. */
        List<Storage.Used> artifacts() throws IOException;

        /** Checkpoints, all of a scope together. */
        List<Storage.Used> checkpoints() throws IOException;

        /** Records by name. */
        List<Storage.Used> records() throws IOException;

        /** Damaged artifacts that were moved aside. */
        List<Storage.Used> damaged() throws IOException;

        /**
         * The text of a small file of an artifact; empty when the artifact has no such file, or a larger one.
         *
         * @throws CorruptArtifactException when the artifact is damaged or gone
         */
        Optional<String> text(String artifact, String file) throws IOException;

        /**
         * Compares all bytes of an artifact with its manifest.
         *
         * @return number of bytes
         * @throws CorruptArtifactException naming the first file that is missing or changed
         */
        long verify(String artifact) throws IOException;

        /**
         * Compares all bytes of a scope's checkpoints with their manifests. A checkpoint that a running training removes
         * meanwhile is not damaged.
         */
        VerifiedCheckpoints verifyCheckpoints(String scope) throws IOException;

        /**
         * Removes an artifact, unless it was used since a time.
         *
         * @return whether it is gone
         * @throws FencedException when a later attempt has taken over
         */
        boolean removeArtifact(String digest, Instant since, Fence fence) throws IOException;

        /** Removes the checkpoints of a scope, unless one was used since a time. */
        boolean removeCheckpoints(String scope, Instant since, Fence fence) throws IOException;

        /** Removes a record, unless it was used since a time. */
        boolean removeRecord(String name, Instant since, Fence fence) throws IOException;

        /** Removes a damaged artifact that was moved aside. */
        void removeDamaged(String name, Fence fence) throws IOException;
    }

    /**
     * A private, empty folder for files that are going to be stored; never encrypted, even with
     * keys.
     */
    Path scratch(Fence fence) throws IOException;

    /** Ends an attempt: removes its fence and its scratch folders. It can no longer write. */
    void release(Fence fence) throws IOException;

    /**
     * Files that killed processes left behind.
     *
     * @param fences scopes whose attempt never ended
     * @param scratch folders on this machine
     */
    record Leftovers(List<String> fences, List<Path> scratch) {
        public Leftovers {
            fences = List.copyOf(fences);
            scratch = List.copyOf(scratch);
        }

        /** Whether there are no leftovers. */
        public boolean isEmpty() {
            return fences.isEmpty() && scratch.isEmpty();
        }
    }

    /**
     * The result of a check of stored artifacts.
     *
     * @param artifacts number of artifacts that were read
     * @param all number of stored artifacts
     * @param locked number of read artifacts that need a key that is not configured
     * @param damaged one sentence for each damaged artifact
     */
    record Checked(int artifacts, int all, int locked, List<String> damaged) {
        public Checked {
            damaged = List.copyOf(damaged);
        }
    }

    /**
     * Compares stored artifacts with their manifests, the newest first.
     *
     * @param bytes stops after this many bytes
     * @param aside whether to move damaged artifacts aside, if the store can: the next run that
     *     needs one recomputes it
     */
    Checked check(long bytes, boolean aside) throws IOException;

    /**
     * Counts encrypted artifacts, checkpoints and records.
     *
     * @param max stops after this many
     */
    AtRestCount atRest(int max) throws IOException;

    /** Finds files that killed processes left behind. */
    Leftovers leftovers() throws IOException;

    /**
     * Removes files that killed processes left behind; running attempts are not affected. Opening
     * an attempt does the same, once an hour.
     *
     * @return what was removed
     */
    Leftovers removeLeftovers() throws IOException;
}
