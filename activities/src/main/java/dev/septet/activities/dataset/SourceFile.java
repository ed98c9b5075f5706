package dev.septet.activities.dataset;

import dev.septet.activities.dataset.DatasetProblem.Blame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * A regular file that a pipeline may read.
 *
 * @param path its real place on this machine
 * @param name the name that the pipeline uses; messages and rows carry this one
 */
public record SourceFile(Path path, String name) {
    /**
     * Finds the file that a pipeline names.
     *
     * @param folder the pipeline file's folder, against which the name resolves
     * @param allowed further folders that the worker's operator lets pipelines read
     * @throws DatasetProblem when it is not there, no regular file, or outside of those folders
     */
    public static SourceFile find(Path folder, String name, List<Path> allowed) {
        Path path;
        try {
            path = folder.resolve(name);
        } catch (InvalidPathException e) {
            throw new DatasetProblem(
                    Blame.PIPELINE,
                    "dataset '%s' is not a path".formatted(name.replace('\0', '?')));
        }
        requireInside(folder, path.normalize(), name, allowed);
        requireRegular(path, name);
        try {
            Path real = path.toRealPath();
            requireInside(folder.toRealPath(), real, name, allowed);
            return new SourceFile(real, name);
        } catch (IOException e) {
            throw new DatasetProblem(
                    Blame.PIPELINE,
                    "dataset '%s' cannot be read: %s".formatted(name, e.getMessage()));
        }
    }

    private static void requireInside(Path folder, Path path, String name, List<Path> allowed) {
        boolean inside = path.startsWith(folder.normalize());
        for (Path root : allowed) {
            inside |= path.startsWith(root) || path.startsWith(real(root));
        }
        if (!inside) {
            throw new DatasetProblem(
                    Blame.POLICY,
                    "dataset '%s' leads out of the pipeline's folder. Copy the file into that folder, or ask the worker's operator to allow its place"
                            .formatted(name));
        }
    }

    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException e) {
            return root.normalize();
        }
    }

    private static void requireRegular(Path path, String name) {
        String problem =
                !Files.exists(path)
                        ? "is not there; its place is " + path.toAbsolutePath().normalize()
                        : Files.isDirectory(path)
                                ? "is a folder, expected a .jsonl, .json or .csv file"
                                : Files.isRegularFile(path)
                                        ? ""
                                        : "is a device, pipe or socket, expected a regular file";
        if (!problem.isEmpty()) {
            throw new DatasetProblem(Blame.PIPELINE, "dataset '%s' %s".formatted(name, problem));
        }
        if (!Files.isReadable(path)) {
            throw new DatasetProblem(
                    Blame.PIPELINE,
                    "dataset '%s' may not be read by this worker: check its permissions"
                            .formatted(name));
        }
    }
}
