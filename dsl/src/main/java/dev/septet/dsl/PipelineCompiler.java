package dev.septet.dsl;

import dev.septet.dsl.bind.FileBinder;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.parse.PipelineParser;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.train.BackEndCheck;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.SourceLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compiles a pipeline file to a spec. It never executes anything in the file, and every file gets a result. */
public final class PipelineCompiler {
    private PipelineCompiler() {}

    /**
     * Compiles a file.
     *
     * @param params values of the parameters that the file declares, by name: text, numbers, booleans; text is
     *     converted to the type of the parameter's default
     */
    public static Compilation compile(PipelineSource source, Map<String, ?> params) {
        try {
            return bound(source, params);
        } catch (ExtensionProblem e) {
            var problem = new Problem(
                    ProblemId.EXTENSION, SourceLocation.of(source.name()), String.valueOf(e.getMessage()), "", "");
            return new Compilation(Optional.empty(), List.of(problem), List.of(), List.of(), List.of());
        }
    }

    private static Compilation bound(PipelineSource source, Map<String, ?> params) {
        PipelineParser.Parsed parsed = PipelineParser.parse(source.name(), source.bytes(), FileBinder.braceWords());
        var binder = new FileBinder(parsed.problems(), params, source.paths(), source.backEnds());
        Optional<PipelineSpec> spec = parsed.file().flatMap(binder::bind);
        return new Compilation(
                spec,
                parsed.problems().list(),
                binder.params(),
                binder.included(),
                parsed.problems().remarks());
    }

    /**
     * Compiles a local file. A file that cannot be read is a problem too. Problems name the file as it is given here,
     * so that editors find it.
     */
    public static Compilation compile(Path file, Map<String, ?> params) {
        return compile(file, params, List.of());
    }

    /**
     * Compiles a local file, without remarks on paths that lead into these folders.
     *
     * @param readable folders that the pipeline's workers are known to read from
     */
    public static Compilation compile(Path file, Map<String, ?> params, List<Path> readable) {
        return compile(file, params, readable, BackEndCheck.NONE);
    }

    /**
     * Compiles a local file, and checks its training against what is known about the workers' back ends.
     *
     * @param readable folders that the pipeline's workers are known to read from
     */
    public static Compilation compile(Path file, Map<String, ?> params, List<Path> readable, BackEndCheck backEnds) {
        try {
            return compile(
                    PipelineFile.read(file)
                            .named(file.toString())
                            .reading(readable)
                            .training(backEnds),
                    params);
        } catch (IOException e) {
            return unreadable(file, e);
        }
    }

    /** The answer for a file that cannot be read. */
    public static Compilation unreadable(Path file, IOException cause) {
        var problem = new Problem(
                ProblemId.UNREADABLE,
                SourceLocation.of(String.valueOf(file)),
                "the file cannot be read: " + cause.getMessage(),
                "",
                "");
        return new Compilation(Optional.empty(), List.of(problem), List.of(), List.of(), List.of());
    }
}
