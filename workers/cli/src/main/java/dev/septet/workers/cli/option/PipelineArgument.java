package dev.septet.workers.cli.option;

import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.ProblemPrinter;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline file as it was named on the command line. It is read once: what was checked is what is
 * started, however the file changes in between.
 */
public final class PipelineArgument {
    private final Path path;
    private final Map<String, String> params;
    private @Nullable PipelineSource source;

    /**
     * Not read yet.
     *
     * @param params values of the parameters that it declares, by name
     */
    public PipelineArgument(Path path, Map<String, String> params) {
        this.path = path;
        this.params = Map.copyOf(params);
    }

    public Path path() {
        return path;
    }

    public Map<String, String> params() {
        return params;
    }

    /** The text that was checked. */
    public String text() {
        return Objects.requireNonNull(source, "the file was not checked").text();
    }

    /** The folder against which the file's paths resolve. */
    public Path folder() {
        Path parent = path.toAbsolutePath().normalize().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }

    /**
     * Checks the file.
     *
     * @throws CliProblem NOT_FOUND when there is no such file
     */
    public Compilation compile() {
        return compile(List.of());
    }

    /**
     * Compiles the file without remarks on paths in folders that the workers may read.
     *
     * @throws CliProblem NOT_FOUND when there is no such file
     */
    public Compilation compile(List<Path> readable) {
        return compile(readable, BackEndCheck.NONE);
    }

    /**
     * Compiles the file, and checks its training against what is known about the workers' back ends.
     *
     * @throws CliProblem NOT_FOUND when there is no such file
     */
    public Compilation compile(List<Path> readable, BackEndCheck backEnds) {
        PipelineSource read = source;
        try {
            read = read == null ? read() : read;
        } catch (IOException e) {
            return PipelineCompiler.unreadable(path, e);
        }
        source = read;
        return PipelineCompiler.compile(read.reading(readable).training(backEnds), params);
    }

    private PipelineSource read() throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new CliProblem(
                    ExitCode.NOT_FOUND,
                    Files.isDirectory(path)
                            ? "%s is a folder; name the pipeline file in it, such as %s"
                                    .formatted(shown(path), shown(path.resolve("pipeline.groovy")))
                            : shown(path) + " does not exist");
        }
        return dev.septet.dsl.PipelineFile.read(path).named(path.toString());
    }

    /**
     * The paths that it reads outside its own folder and these folders, each as a problem at its
     * line.
     */
    public List<Problem> outside(List<Path> readable) {
        return compile(readable).remarks().stream()
                .filter(remark -> remark.id() == ProblemId.OUTSIDE)
                .toList();
    }

    /**
     * Prints remarks for the file's author, one line each. Paths outside the file's folder are
     * remarked only if the workers' folders are known.
     *
     * @return the printed remarks
     */
    public List<Problem> printRemarks(Terminal terminal) {
        List<Problem> remarks = compile().remarks().stream()
                .filter(remark -> remark.id() != ProblemId.OUTSIDE)
                .toList();
        remarks.forEach(remark -> terminal.note(ProblemPrinter.line(remark)));
        return remarks;
    }

    /**
     * Requires that all paths that it reads are in its own folder or in these folders.
     *
     * @param which the message's text for the folders, and what to do
     * @throws CliProblem PIPELINE_INVALID with every path that is not
     */
    public void requireReadable(List<Path> readable, String which) {
        List<Problem> outside = outside(readable);
        if (!outside.isEmpty()) {
            throw new CliProblem(
                    ExitCode.PIPELINE_INVALID,
                    "%s reads outside of the folders that %s; nothing was started%n%s"
                            .formatted(path, which, ProblemPrinter.text(outside).stripTrailing()));
        }
    }

    /**
     * The compiled file.
     *
     * @throws CliProblem PIPELINE_INVALID with every problem
     */
    public PipelineSpec spec() {
        Compilation compiled = compile();
        return compiled.spec().orElseThrow(() -> {
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
