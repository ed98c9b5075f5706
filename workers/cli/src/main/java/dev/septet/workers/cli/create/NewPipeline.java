package dev.septet.workers.cli.create;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The check of a pipeline text before it is written. */
final class NewPipeline {
    private NewPipeline() {}

    /**
     * Compiles the text as {@code septet lint} would.
     *
     * @param file the file that it will be
     * @param readable further folders that the workers may read
     * @param missing whether files that it reads may be missing
     * @return the spec, with all remarks
     * @throws CliProblem PIPELINE_INVALID when an answer cannot be in a pipeline file
     */
    static Compilation check(Path file, String text, List<Path> readable, boolean missing) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().normalize().getParent());
        Compilation compiled = PipelineCompiler.compile(
                PipelineSource.of(file.toString(), text).anywhereFrom(folder).reading(readable), Map.of());
        if (!compiled.problems().stream().allMatch(problem -> missing && problem.id() == ProblemId.PATH)) {
            throw new CliProblem(
                    ExitCode.PIPELINE_INVALID,
                    "this makes no valid pipeline file; nothing was written%n%s"
                            .formatted(ProblemPrinter.text(compiled.problems()).stripTrailing()));
        }
        return compiled;
    }
}
