package dev.septet.activities.backup;

import dev.septet.activities.store.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Files by name below a folder or below a prefix of a bucket. Names have {@code /} between their parts. */
public interface FilePlace {
    /** Files that are being written; no list contains them. */
    String TEMPORARY = "temporary/";

    /**
     * A file.
     *
     * @param stamp changes when the file is written again; for a folder, the time of the last change
     */
    record Found(String name, long bytes, String stamp) {}

    /** The full path or address of a name, for messages. */
    String at(String name);

    /** The files whose names begin with a prefix, sorted by name. Links are left out. */
    List<Found> list(String prefix) throws IOException;

    /**
     * Opens a file.
     *
     * @throws java.nio.file.NoSuchFileException when it does not exist
     */
    InputStream open(String name) throws IOException;

    /**
     * Writes a new file on this machine, for {@link #put}. Only its owner may read it.
     *
     * @throws dev.septet.activities.store.DiskFullException when the disk is full. After any exception, the file is removed
     */
    Path temporary(Disk.Content content) throws IOException;

    /** Writes a new file in a folder of temporary files, which is created. */
    static Path write(Disk disk, Path folder, Disk.Content content) throws IOException {
        disk.folder(folder);
        Path file = folder.resolve("file" + UUID.randomUUID());
        boolean written = false;
        try {
            disk.copy(file, content);
            written = true;
            return file;
        } finally {
            if (!written) {
                Files.deleteIfExists(file);
            }
        }
    }

    /**
     * Gives a temporary file its name. Readers see the former file or the new one, and the new one stays after a power cut.
     *
     * @param sha256 digest of its bytes
     */
    void put(String name, Path temporary, String sha256) throws IOException;

    /** Removes a file; does nothing when it does not exist. */
    void delete(String name) throws IOException;

    /**
     * Excludes other writers until the result is closed, where the place can.
     *
     * @throws BackupProblem when another process writes here
     */
    Closeable lock() throws IOException;
}
