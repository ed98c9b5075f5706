package dev.septet.activities.dataset.compression;

import com.github.luben.zstd.ZstdInputStream;
import dev.septet.activities.dataset.file.SourceContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The compressions of dataset files, by the file name's ending. */
public enum Compression implements SourceContent {
    /** RFC 1952, with any number of members. */
    GZIP(".gz") {
        @Override
        InputStream expand(InputStream in) throws IOException {
            return new GzipStream(in);
        }
    },
    /** RFC 8878, with any number of frames. A frame's window is at most 128 MB. */
    ZSTD(".zst") {
        @Override
        InputStream expand(InputStream in) throws IOException {
            return new ZstdInputStream(in);
        }
    };

    private final String ending;

    Compression(String ending) {
        this.ending = ending;
    }

    /** The compression of a file; empty for a file that is not compressed. */
    public static Optional<Compression> of(String name) {
        for (Compression compression : values()) {
            if (name.toLowerCase(Locale.ROOT).endsWith(compression.ending)) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    /** The expanded bytes of a compressed stream. */
    abstract InputStream expand(InputStream in) throws IOException;

    @Override
    public InputStream open(Path path, String name) throws IOException {
        return ExpansionLimit.open(Files.newInputStream(path), name, this::expand);
    }

    @Override
    public String layoutName(String name) {
        return name.substring(0, name.length() - ending.length());
    }
}
