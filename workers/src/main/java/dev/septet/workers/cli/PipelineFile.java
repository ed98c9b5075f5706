package dev.septet.workers.cli;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.spec.PipelineSpec;
import dev.septet.dsl.text.PublicText;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A pipeline file as it was named on the command line.
 *
 * @param params values of the parameters that it declares, by name
 */
record PipelineFile(Path path, Map<String, String> params) {
    /** The folder against which the file's paths resolve. */
    Path folder() {
        Path parent = path.toAbsolutePath().normalize().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }

    /**
     * Reads and checks the file.
     *
     * @throws CliProblem NOT_FOUND when there is no such file
     */
    Compilation compile() {
        if (!Files.isRegularFile(path)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    Files.isDirectory(path)
                            ? "%s is a folder; name the pipeline file in it, such as %s"
                                    .formatted(shown(path), shown(path.resolve("pipeline.groovy")))
                            : shown(path) + " does not exist");
        }
        return PipelineCompiler.compile(path, params);
    }

    /**
     * The checked file.
     *
     * @throws CliProblem PIPELINE_INVALID with every problem
     */
    PipelineSpec spec() {
        Compilation compiled = compile();
        return compiled.spec()
                .orElseThrow(
                        () -> {
                            int count = compiled.problems().size();
                            return new CliProblem(
                                    ExitCode.PIPELINE_INVALID,
                                    "%s has %s; nothing was started%n%s"
                                            .formatted(
                                                    shown(path),
                                                    count == 1 ? "a problem" : count + " problems",
                                                    compiled.printed().stripTrailing()));
                        });
    }

    private static PublicText shown(Path path) {
        return PublicText.file(path.toString());
    }
}
