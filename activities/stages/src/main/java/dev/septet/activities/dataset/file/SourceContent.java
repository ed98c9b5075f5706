package dev.septet.activities.dataset.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How the rows of a file are stored: as they are, compressed, or in a form that is converted to JSON lines. */
public interface SourceContent {
    /** The bytes of the rows as they are. */
    SourceContent PLAIN = new SourceContent() {
        @Override
        public InputStream open(Path path, String name) throws IOException {
            return Files.newInputStream(path);
        }

        @Override
        public long size(Path path, String name) throws IOException {
            return Files.size(path);
        }
    };

    /**
     * The bytes of the rows. Reading throws a {@link DatasetProblem} where the file is damaged.
     *
     * @param name the file's name in messages
     */
    InputStream open(Path path, String name) throws IOException;

    /** The name whose ending tells the layout of the opened bytes. */
    default String layoutName(String name) {
        return name;
    }

    /** What people call the layout; null for the layout of the opened bytes. */
    default @Nullable String title() {
        return null;
    }

    /** Number of the opened bytes; counts them unless the file knows. */
    default long size(Path path, String name) throws IOException {
        try (InputStream in = new BufferedInputStream(open(path, name), 1 << 16)) {
            return in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
