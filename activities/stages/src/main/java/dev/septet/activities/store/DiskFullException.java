package dev.septet.activities.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The disk is full. Everything that was written before stays intact. */
public final class DiskFullException extends IOException {
    private static final List<String> SIGNS =
            List.of("no space left", "disk quota exceeded", "not enough space", "disk full");

    private DiskFullException(Path path, IOException cause) {
        super(
                "the disk is full: cannot write %s; free some space there, then the run continues".formatted(path),
                cause);
    }

    /**
     * A {@code DiskFullException} when the system's message reports a full disk, else the same
     * exception.
     */
    public static IOException orSame(IOException failure) {
        String file = failure instanceof FileSystemException named ? named.getFile() : null;
        return failure instanceof DiskFullException
                ? failure
                : orSame(Path.of(file == null ? "the worker's files" : file), failure);
    }

    /** Like {@link #orSame(IOException)}; the message also names the path that was written. */
    static IOException orSame(Path path, IOException failure) {
        String reason = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        String text = String.valueOf(reason).toLowerCase(Locale.ROOT);
        return SIGNS.stream().anyMatch(text::contains) ? new DiskFullException(path, failure) : failure;
    }
}
