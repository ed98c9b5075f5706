package dev.septet.activities.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pipeline files of one served folder. Links that lead out of the folder are not followed. */
record CatalogFolder(Path root) {
    private static final String SUFFIX = ".groovy";
    private static final String PIPELINE = "pipeline" + SUFFIX;

    /**
     * Files in the folder itself, then files one level down, each sorted by name. Every start of a run lists them, so what is
     * no link is not resolved again.
     */
    List<CatalogEntry> entries() throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        Path real = root.toRealPath();
        List<CatalogEntry> entries = new ArrayList<>();
        List<Path> all = listed(root);
        for (Path path : all) {
            if (isPipeline(path, real)) {
                entries.add(new CatalogEntry(stem(path), path));
            }
        }
        for (Path folder : all) {
            if (isFolder(folder, real)) {
                for (Path path : listed(folder)) {
                    if (isPipeline(path, real)) {
                        boolean named = path.endsWith(PIPELINE);
                        entries.add(
                                new CatalogEntry(named ? folder.getFileName().toString() : stem(path), path));
                    }
                }
            }
        }
        return entries;
    }

    /** Whether the real path is inside the folder. */
    boolean holds(Path path) throws IOException {
        return Files.exists(path)
                && Files.isDirectory(root)
                && path.toRealPath().startsWith(root.toRealPath());
    }

    /** A folder, or a link to one in the served folder. */
    private static boolean isFolder(Path path, Path real) throws IOException {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                || (Files.isDirectory(path) && path.toRealPath().startsWith(real));
    }

    /** A pipeline file in a folder that is inside; a link may lead to a file inside. */
    private static boolean isPipeline(Path path, Path real) throws IOException {
        return path.toString().endsWith(SUFFIX)
                && (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                        || (Files.isRegularFile(path) && path.toRealPath().startsWith(real)));
    }

    private static String stem(Path path) {
        String name = path.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    private static List<Path> listed(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }
}
