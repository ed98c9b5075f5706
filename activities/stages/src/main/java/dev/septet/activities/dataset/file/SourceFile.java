package dev.septet.activities.dataset.file;

import dev.septet.activities.dataset.file.DatasetProblem.Blame;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A regular file that contains rows. Access was checked before. Two files are equal if their path, name and content are.
 */
public final class SourceFile {
    private final Path path;
    private final String name;
    private final SourceContent content;
    private @Nullable Long size;

    /**
     * Checks the file before anything is read from it: a pipe would block, and a device would never
     * end.
     *
     * @param path its path on this machine
     * @param name its name in the pipeline file, for messages and rows
     * @param content how its rows are stored
     * @throws DatasetProblem when it does not exist or is not a regular file
     */
    public SourceFile(Path path, String name, SourceContent content) {
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
        this.path = path;
        this.name = name;
        this.content = content;
    }

    /** A file whose bytes are its rows. */
    public SourceFile(Path path, String name) {
        this(path, name, SourceContent.PLAIN);
    }

    /** The bytes of its rows. */
    public InputStream open() throws IOException {
        return content.open(path, name);
    }

    /**
     * Number of the bytes of {@link #open}. To count them, a compressed file is expanded, so they are counted once for
     * this object.
     */
    public synchronized long size() throws IOException {
        Long known = size;
        if (known == null) {
            known = content.size(path, name);
            size = known;
        }
        return known;
    }

    /** Its path on this machine. */
    public Path path() {
        return path;
    }

    /** Its name in the pipeline file. */
    public String name() {
        return name;
    }

    /** How its rows are stored. */
    public SourceContent content() {
        return content;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourceFile file
                && path.equals(file.path)
                && name.equals(file.name)
                && content.equals(file.content);
    }

    @Override
    public int hashCode() {
        return Objects.hash(path, name, content);
    }

    @Override
    public String toString() {
        return name;
    }

    private static DatasetProblem problem(String name, PublicText reason) {
        return new DatasetProblem(Blame.PIPELINE, PublicText.of("dataset '%s' %s", PublicText.file(name), reason));
    }
}
