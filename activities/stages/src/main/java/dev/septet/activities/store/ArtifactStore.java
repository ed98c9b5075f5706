package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestCount;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bytes by their content, and small records by their name. What a reader sees is always whole: an
 * artifact exists when its manifest does, and the manifest is written last.
 */
public interface ArtifactStore {
    /** The address that every artifact's uri begins with, wherever the store is. */
    String SCHEME = "store:artifacts/";

    /** The checkpoints beside the artifacts, under the same fences. */
    CheckpointStore checkpoints();

    /**
     * Takes the right to write in a scope.
     *
     * @throws FencedException when a later attempt already holds it
     */
    void open(Fence fence) throws IOException;

    /**
     * Stores a folder's regular files. Equal content gives an equal ref, whoever stores it, however
     * often.
     *
     * @throws FencedException when the fence has been passed by a later attempt
     */
    ArtifactRef put(Path folder, Fence fence) throws IOException;

    /**
     * Stores chosen files; links among them are followed.
     *
     * @param files where each file is, by the path it shall have in the artifact
     * @throws FencedException when the fence has been passed by a later attempt
     */
    ArtifactRef put(Map<String, Path> files, Fence fence) throws IOException;

    /**
     * A local, read-only folder with the artifact's files, each verified against the manifest.
     *
     * @throws CorruptArtifactException naming the file that is missing, short or changed
     */
    Path fetch(ArtifactRef ref) throws IOException;

    /** A record's text, if it was ever written. Names look like paths: {@code results/<key>}. */
    Optional<String> record(String name) throws IOException;

    /** Names of the records below a prefix, sorted. */
    List<String> records(String prefix) throws IOException;

    /**
     * Writes or replaces a record at once: readers see the old text or the new.
     *
     * @throws FencedException when the fence has been passed by a later attempt
     */
    void putRecord(String name, String text, Fence fence) throws IOException;

    /**
     * Writes or replaces a record at once, but only if it is what its writer believes. A record
     * that several writers change is written in this way only.
     *
     * @param expected the text that is there now, empty for no record
     * @return false when it is another text: somebody was faster, nothing was written
     * @throws FencedException when the fence has been passed by a later attempt
     */
    boolean replaceRecord(String name, Optional<String> expected, String text, Fence fence) throws IOException;

    /** A private, empty folder for files on their way in; plain, also where there are keys. */
    Path scratch(Fence fence) throws IOException;

    /** Ends an attempt: removes its fence and its scratch folders. It cannot write any more. */
    void release(Fence fence) throws IOException;

    /**
     * What killed processes left behind.
     *
     * @param fences scopes whose attempt never ended
     * @param scratch folders on this machine
     */
    record Leftovers(List<String> fences, List<Path> scratch) {
        public Leftovers {
            fences = List.copyOf(fences);
            scratch = List.copyOf(scratch);
        }

        /** Whether there is nothing. */
        public boolean isEmpty() {
            return fences.isEmpty() && scratch.isEmpty();
        }
    }

    /**
     * What a check of stored artifacts found.
     *
     * @param artifacts that were read
     * @param all that are stored
     * @param locked of those that were read, how many need a key that is not here
     * @param damaged a sentence for each that is not what it was
     */
    record Checked(int artifacts, int all, int locked, List<String> damaged) {
        public Checked {
            damaged = List.copyOf(damaged);
        }
    }

    /**
     * Compares stored artifacts with their manifests, the newest first.
     *
     * @param bytes after which it stops
     * @param aside whether damaged ones are moved aside, where the store can: the next run that
     *     needs one makes it again
     */
    Checked check(long bytes, boolean aside) throws IOException;

    /**
     * Counts what is encrypted: artifacts, checkpoints and records.
     *
     * @param most after which it stops
     */
    AtRestCount atRest(int most) throws IOException;

    /** Finds what killed processes left behind. */
    Leftovers leftovers() throws IOException;

    /**
     * Removes what killed processes left behind; running attempts are not touched. Opening an
     * attempt does the same, once an hour.
     *
     * @return what was removed
     */
    Leftovers removeLeftovers() throws IOException;
}
