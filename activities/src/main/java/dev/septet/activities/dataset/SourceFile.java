package dev.septet.activities.dataset;

import dev.septet.activities.dataset.DatasetProblem.Blame;

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
            throw problem(name, "is not there; looked for " + path.toAbsolutePath().normalize());
        }
        if (Files.isDirectory(path)) {
            throw problem(name, "is a folder, expected a .jsonl, .json or .csv file");
        }
        if (!Files.isRegularFile(path)) {
            throw problem(name, "is a device, pipe or socket, expected a regular file");
        }
        if (!Files.isReadable(path)) {
            throw problem(name, "may not be read by this worker: check its permissions");
        }
    }

    private static DatasetProblem problem(String name, String reason) {
        return new DatasetProblem(Blame.PIPELINE, "dataset '%s' %s".formatted(name, reason));
    }
}
