package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** No space is left where something had to be written. What was written before stays whole. */
public final class DiskFullException extends IOException {
    private static final List<String> SIGNS =
            List.of("no space left", "disk quota exceeded", "not enough space", "disk full");

    private DiskFullException(Path path, IOException cause) {
        super(
                "the disk is full: cannot write %s; free some space there, then the run continues".formatted(path),
                cause);
    }

    /** This type when the system's message tells of a full disk, else the same exception. */
    public static IOException orSame(IOException failure) {
        String file = failure instanceof FileSystemException named ? named.getFile() : null;
        return failure instanceof DiskFullException
                ? failure
                : orSame(Path.of(file == null ? "the worker's files" : file), failure);
    }

    /** The same, naming what was being written. */
    public static IOException orSame(Path path, IOException failure) {
        String reason = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        String text = String.valueOf(reason).toLowerCase(Locale.ROOT);
        return SIGNS.stream().anyMatch(text::contains) ? new DiskFullException(path, failure) : failure;
    }
}
