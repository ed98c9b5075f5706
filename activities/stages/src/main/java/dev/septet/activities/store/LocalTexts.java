package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a {@link LocalStore}.
 *
 * @param root the store's folder
 */
record LocalTexts(Path root) implements StoredTexts {
    @Override
    public void each(Visitor visitor) throws IOException {
        // Files of an artifact or a checkpoint may be named like manifests; files of artifacts are deeper.
        boolean more = walk("artifacts", 2, LocalTexts::artifact, visitor);
        more = more && walk("checkpoints", 3, LocalTexts::checkpoint, visitor);
        if (more) {
            Path records = root.resolve("records");
            walk("records", Integer.MAX_VALUE, file -> record(records, file), visitor);
        }
    }

    /** The place that a file's text is bound to. */
    @FunctionalInterface
    private interface Places {
        @Nullable
        String place(Path file);
    }

    private static @Nullable String artifact(Path file) {
        return isManifest(file) ? StoredFiles.manifestPlace(above(file)) : null;
    }

    private static @Nullable String checkpoint(Path file) {
        if (!isManifest(file)) {
            return null;
        }
        String scope = StoreNames.decoded(above(file.resolveSibling("")));
        return StoredFiles.checkpointPlace(scope, above(file));
    }

    private static @Nullable String record(Path records, Path file) {
        String path = records.relativize(file).toString().replace('\\', '/');
        return path.endsWith(Records.SUFFIX)
                ? StoredFiles.recordPlace(Records.name(path.substring(0, path.length() - Records.SUFFIX.length())))
                : null;
    }

    private static boolean isManifest(Path file) {
        return file.endsWith(Manifest.FILE);
    }

    /** The name of a path's parent folder. */
    private static String above(Path path) {
        return String.valueOf(path.getName(path.getNameCount() - 2));
    }

    /** Visits texts; returns whether to continue. */
    private boolean walk(String folder, int deepest, Places places, Visitor visitor) throws IOException {
        boolean[] more = {true};
        Files.walkFileTree(root.resolve(folder), Set.of(), deepest, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String place = attributes.isRegularFile() ? places.place(file) : null;
                if (place != null) {
                    more[0] = visited(file, place, visitor);
                }
                return more[0] ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                return passedOver(failure);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : passedOver(failure);
            }
        });
        return more[0];
    }

    private static boolean visited(Path file, String place, Visitor visitor) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException gone) {
            return true;
        }
        String stored = new String(bytes, StandardCharsets.UTF_8);
        return visitor.visit(new Text(file.toString(), place, stored));
    }

    private static FileVisitResult passedOver(IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE; // other processes change files here
        }
        throw failure;
    }
}
