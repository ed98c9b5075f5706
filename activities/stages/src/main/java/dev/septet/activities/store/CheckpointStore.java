package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The checkpoints of trainings. A checkpoint exists when it is complete: its manifest, with the
 * digest of every file, is written last.
 */
public interface CheckpointStore {
    /** Writes a state into an empty folder. */
    @FunctionalInterface
    interface Writer {
        void writeTo(Path folder) throws IOException;
    }

    /**
     * A complete checkpoint.
     *
     * @param step number of steps done when it was taken
     * @param folder its files, read-only
     * @param manifestSha256 digest of its manifest
     */
    record Checkpoint(int step, Path folder, String manifestSha256) {}

    /**
     * The result of a search.
     *
     * @param checkpoint the newest checkpoint that verifies
     * @param damaged the problem of each newer one, newest first
     */
    record Found(Optional<Checkpoint> checkpoint, List<String> damaged) {
        public Found {
            damaged = List.copyOf(damaged);
        }
    }

    /**
     * Commits a state atomically. An existing complete checkpoint of the step stays unchanged.
     *
     * @param scope what is trained, such as a run's id
     * @throws FencedException when a later attempt has taken over; nothing was changed
     * @throws DiskFullException nothing was changed
     */
    Checkpoint commit(String scope, int step, Writer writer, Fence fence) throws IOException;

    /** The newest checkpoint whose files all match its manifest. */
    Found newestValid(String scope) throws IOException;

    /** The checkpoint of one step, if it exists and is complete. */
    Optional<Checkpoint> at(String scope, int step) throws IOException;

    /**
     * Removes all but the newest checkpoints.
     *
     * @param keep number of newest checkpoints to keep; 0 = none
     * @param pinned steps that are always kept
     * @throws FencedException when a later attempt has taken over
     */
    void prune(String scope, int keep, Set<Integer> pinned, Fence fence) throws IOException;

    /** The scopes that have files and whose names begin with a prefix, such as {@code <run>/}. Sorted. */
    List<String> scopes(String prefix) throws IOException;

    /**
     * Removes all files of a scope, whichever attempt wrote them. No attempt may be writing there.
     *
     * @param fence of any scope
     * @throws FencedException when a later attempt of the fence has taken over
     */
    void clear(String scope, Fence fence) throws IOException;
}
