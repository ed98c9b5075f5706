package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Expected texts in files; rewritten with {@code -Dgolden.update=true} only. */
public final class Golden {
    private static final Path RESOURCES = Path.of("src/test/resources");

    private Golden() {}

    public static void check(Path golden, String actual) {
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(golden.toAbsolutePath().getParent());
                Files.writeString(golden, actual);
            }
            assertThat(actual)
                    .as("%s (if the change is meant: -Dgolden.update=true)", golden)
                    .isEqualTo(Files.readString(golden));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path resource(String name) {
        return RESOURCES.resolve(name);
    }

    /** The folder's pipeline files, sorted. */
    static List<Path> pipelines(String folder) {
        try (var files = Files.list(resource(folder))) {
            return files.filter(f -> f.toString().endsWith(".groovy")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path sibling(Path pipeline, String ending) {
        String name = String.valueOf(pipeline.getFileName());
        return pipeline.resolveSibling(name.replace(".groovy", ending));
    }
}
