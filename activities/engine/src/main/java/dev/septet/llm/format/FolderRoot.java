package dev.septet.llm.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder whose files are accessible only by plain names. A name or a link that leads out of the
 * folder is rejected.
 *
 * <p>One kind of link may lead out: in the Hugging Face cache, the files of {@code
 * snapshots/<revision>} are links into the {@code blobs} folder beside {@code snapshots}.
 */
public final class FolderRoot {
    private final Path root;
    private final Path real;

    private FolderRoot(Path root, Path real) {
        this.root = root;
        this.real = real;
    }

    public static FolderRoot open(Path root) {
        if (!Files.exists(root)) {
            throw new FormatProblem(root, "no such folder");
        }
        if (!Files.isDirectory(root)) {
            throw new FormatProblem(root, "is not a folder; expected a folder with config.json and safetensors");
        }
        try {
            return new FolderRoot(root, root.toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + root + ": " + e.getMessage(), e);
        }
    }

    public Path path() {
        return root;
    }

    /** The file with this name, if it exists. */
    public Optional<Path> find(String name) {
        requirePlain(name);
        Path file = root.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        requireInside(file);
        RegularFile.require(file);
        return Optional.of(file);
    }

    /** Names of the folder's own files, sorted, without subfolders and dot files. */
    List<String> names() {
        try (Stream<Path> files = Files.list(root)) {
            return files.filter(file -> !Files.isDirectory(file))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + root + ": " + e.getMessage(), e);
        }
    }

    private void requirePlain(String name) {
        if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.equals("..") || name.indexOf(0) >= 0) {
            throw new FormatProblem(
                    root, "refers to \"" + name + "\", expected the plain name of a file in this folder");
        }
    }

    private void requireInside(Path file) {
        try {
            Path target = file.toRealPath();
            if (!target.startsWith(real) && !isHubBlob(target)) {
                throw new FormatProblem(
                        file, "is a link to " + target + ", outside of its folder; copy the file instead");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private boolean isHubBlob(Path target) {
        Path snapshots = real.getParent();
        return snapshots != null
                && snapshots.endsWith("snapshots")
                && target.startsWith(snapshots.resolveSibling("blobs"));
    }
}
