package dev.septet.activities.catalog;

import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import java.nio.file.Path;
import java.util.Map;

/**
 * A served pipeline file.
 *
 * @param name the name by its path: {@code <name>.groovy} or {@code <name>/pipeline.groovy}
 */
public record CatalogEntry(String name, Path file) {
    /** The name in its {@code pipeline('...')}, or {@code name} when the file has problems. */
    public String pipelineName() {
        return PipelineCompiler.compile(file, Map.of())
                .spec()
                .map(PipelineSpec::name)
                .orElse(name);
    }

    /** The same by these bytes of the file. */
    String pipelineName(PipelineSource source) {
        return PipelineCompiler.compile(source, Map.of())
                .spec()
                .map(PipelineSpec::name)
                .orElse(name);
    }

    /** The base folder of its relative paths. */
    public Path folder() {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file : folder;
    }
}
