package dev.septet.workers.cli.option;

import dev.septet.dsl.pipeline.PipelineSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A pipeline file and the values of its parameters, as several commands take them. */
final class FileOption {
    @Parameters(paramLabel = "FILE", description = "The pipeline file (.groovy)")
    private Path path = Path.of("");

    @Mixin
    private ParamOption params = new ParamOption();

    private @Nullable PipelineArgument file;

    /** The file as it was given. */
    Path path() {
        return path;
    }

    /** The folder against which the file's paths resolve. */
    Path folder() {
        return file().folder();
    }

    /**
     * The checked file.
     *
     * @throws CliProblem PIPELINE_INVALID with every problem
     */
    PipelineSpec spec() {
        return file().spec();
    }

    /** The file with its parameters. */
    PipelineArgument file() {
        PipelineArgument known = file;
        if (known == null) {
            known = new PipelineArgument(path, params.values());
            file = known;
        }
        return known;
    }
}
