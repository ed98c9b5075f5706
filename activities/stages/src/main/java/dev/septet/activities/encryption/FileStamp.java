package dev.septet.activities.encryption;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * Tells whether a small file was changed or replaced, without reading it.
 *
 * @param key the file's identity in its file system; {@code null} as a text where there is none
 */
public record FileStamp(FileTime changed, long bytes, String key) {
    /** The stamp of a file now. */
    public static FileStamp of(Path file) throws IOException {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(is.lastModifiedTime(), is.size(), String.valueOf(is.fileKey()));
    }
}
