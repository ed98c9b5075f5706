package dev.septet.activities.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pipeline files of one served folder. Links that lead out of the folder are not followed. */
record CatalogFolder(Path root) {
    private static final String SUFFIX = ".groovy";
    private static final String PIPELINE = "pipeline" + SUFFIX;

    /** Files in the folder itself, then files one level down, each sorted by name. */
    List<CatalogEntry> entries() throws IOException {
        List<CatalogEntry> entries = new ArrayList<>();
        for (Path path : listed(root)) {
            if (isPipeline(path)) {
                entries.add(new CatalogEntry(stem(path), path));
            }
        }
        for (Path folder : listed(root)) {
            if (Files.isDirectory(folder) && holds(folder)) {
                for (Path path : listed(folder)) {
                    if (isPipeline(path)) {
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

    private boolean isPipeline(Path path) throws IOException {
        return path.toString().endsWith(SUFFIX) && Files.isRegularFile(path) && holds(path);
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
