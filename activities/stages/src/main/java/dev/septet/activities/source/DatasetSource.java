package dev.septet.activities.source;

import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source and its files on this machine.
 *
 * @param spec what the pipeline file declares about the rows
 * @param files at least one file, in reading order
 * @param commit the commit of a dataset of the Hub; null for any other source
 */
public record DatasetSource(
        SourceSpec spec, List<SourceFile> files, @Nullable String commit) {
    public DatasetSource {
        files = List.copyOf(files);
    }

    /** Its name in the pipeline file. */
    public String name() {
        return spec.name();
    }

    /** Size of the rows of all files in bytes. */
    long bytes() throws IOException {
        long bytes = 0;
        for (SourceFile file : files) {
            bytes += file.size();
        }
        return bytes;
    }
}
