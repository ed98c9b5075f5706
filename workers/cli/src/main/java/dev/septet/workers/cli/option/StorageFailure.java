package dev.septet.workers.cli.option;

import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.bucket.ObjectStoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import java.util.Optional;

/** Failures of files, disks and stores that may happen in every command, as messages with the next step. */
public final class StorageFailure {
    private StorageFailure() {}

    /**
     * The message for users.
     *
     * @param failure an exception without its wrappers
     * @return empty when it is another kind of failure
     */
    public static Optional<String> message(Throwable failure) {
        if (!(failure instanceof IOException problem)) {
            return Optional.empty();
        }
        if (DiskFullException.orSame(problem) instanceof DiskFullException) {
            return Optional.of(diskFull(problem) + ". Free some space there, and run the command again");
        }
        if (problem instanceof AccessDeniedException denied) {
            return Optional.of(
                    "the user %s may not read or write %s. Run the command as the user that the file belongs to, or give this user the right"
                            .formatted(System.getProperty("user.name"), denied.getFile()));
        }
        if (problem instanceof ObjectStoreException away) {
            return Optional.of(away.getMessage() + ". Then run the command again");
        }
        if (problem instanceof CorruptArtifactException damaged) {
            return Optional.of(damaged.getMessage()
                    + ". `septet verify --store` names everything that is damaged in the store, and the next steps");
        }
        if (problem instanceof FileSystemException refused && refused.getReason() != null) {
            return Optional.of("cannot read or write %s: %s. Check the disk and its mount, and run the command again"
                    .formatted(refused.getFile(), refused.getReason()));
        }
        return Optional.empty();
    }

    /**
     * What happened, without the next step.
     *
     * @param full an exception about a full disk
     */
    public static String diskFull(IOException full) {
        String path = full instanceof DiskFullException known
                ? known.path()
                : full instanceof FileSystemException named ? named.getFile() : null;
        return "the disk is full: cannot write " + Objects.requireNonNullElse(path, "the files of this command");
    }
}
