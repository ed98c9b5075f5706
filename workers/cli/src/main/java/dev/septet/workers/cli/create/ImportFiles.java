package dev.septet.workers.cli.create;

import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The files that a configuration names, as the new pipeline names them. */
final class ImportFiles {
    private static final long MOST_COUNTED = 2L << 30;

    private final Path home;
    private final Path config;
    private final Set<Path> outside = new LinkedHashSet<>();
    private final List<String> missing = new ArrayList<>();

    /**
     * @param home the folder of the new pipeline file
     * @param config the folder of the configuration
     */
    ImportFiles(Path home, Path config) {
        this.home = home;
        this.config = config;
    }

    /** Folders that a worker must be allowed to read. */
    List<Path> outside() {
        return List.copyOf(outside);
    }

    /** Files that are not here. */
    List<String> missing() {
        return List.copyOf(missing);
    }

    /** The path as a literal of the pipeline file. */
    String written(String given) {
        Path found = found(given);
        if (found == null) {
            missing.add(given);
            return PipelineText.quoted(given.startsWith("./") ? given.substring(2) : given);
        }
        if (found.startsWith(home) && !found.equals(home)) {
            return PipelineText.quoted(
                    unix(home.relativize(found)) + (Files.isDirectory(found) && isData(found) ? "/" : ""));
        }
        Path parent = found.getParent();
        outside.add(Files.isRegularFile(found) && parent != null ? parent : found);
        return PipelineText.quoted(unix(found) + (Files.isDirectory(found) && isData(found) ? "/" : ""));
    }

    private static boolean isData(Path folder) {
        return !Files.exists(folder.resolve("config.json"));
    }

    /** Whether the name is a dataset or model of the hub, and no file here. */
    boolean onHub(String given) {
        return found(given) == null && HubId.of(given).isPresent() && !DatasetFiles.known(given);
    }

    /** The file: beside the new pipeline, beside the configuration, or in the current folder. */
    @org.jspecify.annotations.Nullable
    Path found(String given) {
        try {
            for (Path folder : List.of(home, config, Path.of("").toAbsolutePath())) {
                Path path = folder.resolve(given).normalize();
                if (Files.exists(path)) {
                    return path;
                }
            }
        } catch (InvalidPathException notAPath) {
            // It is not here, then.
        }
        return null;
    }

    /** The number of lines of a file of JSON lines. */
    OptionalLong rows(String given) {
        Path found = found(given);
        try {
            if (found == null
                    || !Files.isRegularFile(found)
                    || !given.endsWith(".jsonl")
                    || Files.size(found) > MOST_COUNTED) {
                return OptionalLong.empty();
            }
            try (Stream<String> lines = Files.lines(found, java.nio.charset.StandardCharsets.ISO_8859_1)) {
                return OptionalLong.of(lines.filter(line -> !line.isBlank()).count());
            }
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }

    private static String unix(Path path) {
        return path.toString().replace(path.getFileSystem().getSeparator(), "/");
    }
}
