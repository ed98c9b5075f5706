package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The states that trainings go on from. A checkpoint exists when it is whole: its manifest, with
 * the digest of every file, is written last.
 */
public interface CheckpointStore {
    /** Writes a state into an empty folder. */
    @FunctionalInterface
    interface Writer {
        void writeTo(Path folder) throws IOException;
    }

    /**
     * A whole checkpoint.
     *
     * @param step steps done when it was taken
     * @param folder its files, read-only
     * @param manifestSha256 digest of its manifest
     */
    record Checkpoint(int step, Path folder, String manifestSha256) {}

    /**
     * What was found.
     *
     * @param checkpoint newest that verifies
     * @param damaged what is wrong with each newer one, newest first
     */
    record Found(Optional<Checkpoint> checkpoint, List<String> damaged) {
        public Found {
            damaged = List.copyOf(damaged);
        }
    }

    /**
     * Commits a state at once. A step that is there already and whole stays as it is.
     *
     * @param scope what is trained, such as a run's id
     * @throws FencedException when a later attempt has taken over; nothing was changed
     * @throws DiskFullException nothing was changed
     */
    Checkpoint commit(String scope, int step, Writer writer, Fence fence) throws IOException;

    /** The newest checkpoint whose every file is what its manifest says. */
    Found newestValid(String scope) throws IOException;

    /** One step's checkpoint, if it is there and whole. */
    Optional<Checkpoint> at(String scope, int step) throws IOException;

    /**
     * Removes all but the newest.
     *
     * @param keep how many of the newest stay; 0 = none
     * @param pinned steps that stay whatever their age
     * @throws FencedException when a later attempt has taken over
     */
    void prune(String scope, int keep, Set<Integer> pinned, Fence fence) throws IOException;
}
