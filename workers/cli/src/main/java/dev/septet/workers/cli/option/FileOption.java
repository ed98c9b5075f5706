package dev.septet.workers.cli.option;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.pipeline.PipelineSpec;
import java.nio.file.Path;
import java.util.Map;
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

    /** The path of the file as the user gave it. */
    public Path path() {
        return path;
    }

    /** The folder against which the file's paths resolve. */
    public Path folder() {
        return file().folder();
    }

    /** The parameters' values by name. */
    Map<String, String> params() {
        return params.values();
    }

    /**
     * Compiles the file.
     *
     * @throws CliProblem NOT_FOUND when there is no such file
     */
    Compilation compile() {
        return file().compile();
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
        return new PipelineArgument(path, params.values());
    }
}
