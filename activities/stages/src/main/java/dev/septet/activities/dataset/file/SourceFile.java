package dev.septet.activities.dataset.file;

import dev.septet.activities.dataset.file.DatasetProblem.Blame;
import dev.septet.dsl.text.PublicText;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A regular file with rows in it. Whether a pipeline may read it at all was decided before.
 *
 * @param path its place on this machine
 * @param name the name that the pipeline uses; messages and rows carry this one
 */
public record SourceFile(Path path, String name) {
    /**
     * Looks at a file before anything is read from it: a pipe would block, a device never end.
     *
     * @throws DatasetProblem when it is not there, or no regular file
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
            throw problem(name, PublicText.of("is a folder, expected a .jsonl, .json or .csv file"));
        }
        if (!Files.isRegularFile(path)) {
            throw problem(name, PublicText.of("is a device, pipe or socket, expected a regular file"));
        }
        if (!Files.isReadable(path)) {
            throw problem(name, PublicText.of("may not be read by this worker: check its permissions"));
        }
    }

    private static DatasetProblem problem(String name, PublicText reason) {
        return new DatasetProblem(Blame.PIPELINE, PublicText.of("dataset '%s' %s", PublicText.file(name), reason));
    }
}
