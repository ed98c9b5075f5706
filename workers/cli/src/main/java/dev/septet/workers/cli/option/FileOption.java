package dev.septet.workers.cli.option;

import dev.septet.dsl.pipeline.PipelineSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * The options for a pipeline file and the values of its parameters, which several commands share.
 */
public final class FileOption {
    @Parameters(paramLabel = "FILE", description = "The pipeline file (.groovy)")
    private Path path = Path.of("");

    @Mixin
    private ParamOption params = new ParamOption();

    private @Nullable PipelineArgument file;

    /** The path of the file as the user gave it. */
    public Path path() {
        return path;
    }

    /** The folder against which the file's paths resolve. */
    public Path folder() {
        return file().folder();
    }

    /**
     * The compiled file.
     *
     * @throws CliProblem PIPELINE_INVALID with every problem
     */
    public PipelineSpec spec() {
        return file().spec();
    }

    /** The file with its parameters. */
    public PipelineArgument file() {
        PipelineArgument known = file;
        if (known == null) {
            known = new PipelineArgument(path, params.values());
            file = known;
        }
        return known;
    }
}
