package dev.septet.activities.dataset.file;

import dev.septet.activities.dataset.file.DatasetProblem.Blame;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A regular file that contains rows. Access was checked before.
 *
 * @param path its path on this machine
 * @param name its name in the pipeline file, for messages and rows
 * @param content how its rows are stored
 */
public record SourceFile(Path path, String name, SourceContent content) {
    /**
     * Checks the file before anything is read from it: a pipe would block, and a device would never
     * end.
     *
     * @throws DatasetProblem when it does not exist or is not a regular file
     */
    public SourceFile {
        if (!Files.exists(path)) {
            throw problem(
                    name,
                    PublicText.of(
                            "does not exist; the path is %s",
                            PublicText.file(path.toAbsolutePath().normalize().toString())));
        }
        if (Files.isDirectory(path)) {
            throw problem(
                    name,
                    PublicText.of(
                            "is a folder, expected a .jsonl, .json or .csv file; end a folder's name with / to read"
                                    + " its files"));
        }
        if (!Files.isRegularFile(path)) {
            throw problem(name, PublicText.of("is a device, pipe or socket, expected a regular file"));
        }
        if (!Files.isReadable(path)) {
            throw problem(name, PublicText.of("may not be read by this worker: check its permissions"));
        }
    }

    /** A file whose bytes are its rows. */
    public SourceFile(Path path, String name) {
        this(path, name, SourceContent.PLAIN);
    }

    /** The bytes of its rows. */
    public InputStream open() throws IOException {
        return content.open(path, name);
    }

    /** Number of the bytes of {@link #open}, which it may have to count. */
    public long size() throws IOException {
        return content.size(path, name);
    }

    private static DatasetProblem problem(String name, PublicText reason) {
        return new DatasetProblem(Blame.PIPELINE, PublicText.of("dataset '%s' %s", PublicText.file(name), reason));
    }
}
