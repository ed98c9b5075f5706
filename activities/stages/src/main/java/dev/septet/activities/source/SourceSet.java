package dev.septet.activities.source;

import dev.septet.activities.dataset.file.SourceFile;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import java.io.IOException;
import java.util.List;

/**
 * All sources of a pipeline's rows, in the order of its file.
 *
 * @param name what messages call all of them
 * @param declared whether the pipeline file declares several datasets, or options of one
 */
public record SourceSet(String name, boolean declared, List<DatasetSource> sources) {
    public SourceSet {
        sources = List.copyOf(sources);
    }

    /** The sources of a spec. */
    public static SourceSet of(PrepareSpec spec, List<DatasetSource> sources) {
        return new SourceSet(spec.source(), !spec.sources().isEmpty(), sources);
    }

    /** The only file of a spec without several sources. */
    public static SourceSet of(PrepareSpec spec, SourceFile file) {
        return new SourceSet(
                file.name(), false, List.of(new DatasetSource(spec.inputs().get(0), List.of(file), null)));
    }

    /** The files of all sources, in reading order. */
    public List<SourceFile> files() {
        return sources.stream().flatMap(source -> source.files().stream()).toList();
    }

    /** Size of the rows of all files in bytes. */
    public long bytes() throws IOException {
        long bytes = 0;
        for (DatasetSource source : sources) {
            bytes += source.bytes();
        }
        return bytes;
    }
}
