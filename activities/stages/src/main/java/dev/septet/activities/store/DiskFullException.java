package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A file could not be written because no space is left. Files that were written before are
 * undamaged.
 */
public final class DiskFullException extends IOException {
    private static final List<String> SIGNS =
            List.of("no space left", "disk quota exceeded", "not enough space", "disk full", "disk is full");

    private final String path;

    private DiskFullException(Path path, IOException cause) {
        super(
                "the disk is full: cannot write %s; free some space there, then the run continues".formatted(path),
                cause);
        this.path = path.toString();
    }

    /** What could not be written, for messages. */
    public String path() {
        return path;
    }

    /**
     * An exception of this type if the system's message is about a full disk, otherwise the same
     * exception.
     */
    public static IOException orSame(IOException failure) {
        String file = failure instanceof FileSystemException named ? named.getFile() : null;
        return failure instanceof DiskFullException
                ? failure
                : orSame(Path.of(file == null ? "the worker's files" : file), failure);
    }

    /** As {@link #orSame(IOException)}; the message names the path that could not be written. */
    public static IOException orSame(Path path, IOException failure) {
        String reason = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        String text = String.valueOf(reason).toLowerCase(Locale.ROOT);
        return SIGNS.stream().anyMatch(text::contains) ? new DiskFullException(path, failure) : failure;
    }
}
