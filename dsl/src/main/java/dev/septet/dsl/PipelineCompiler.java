package dev.septet.dsl;

import dev.septet.dsl.bind.FileBinder;
import dev.septet.dsl.extension.ExtensionProblem;
import dev.septet.dsl.parse.PipelineParser;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.pipeline.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pipeline file to spec. Nothing in the file is ever executed; every file gets an answer. */
public final class PipelineCompiler {
    private PipelineCompiler() {}

    /**
     * Compiles a file.
     *
     * @param params values for the parameters that it declares, by name: text, numbers, booleans;
     *     text is read as the kind of the parameter's default
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
        var binder = new FileBinder(parsed.problems(), params, source.paths());
        Optional<PipelineSpec> spec = parsed.file().flatMap(binder::bind);
        return new Compilation(
                spec,
                parsed.problems().list(),
                binder.params(),
                binder.included(),
                parsed.problems().remarks());
    }

    /**
     * Compiles a local file; a file that cannot be read is a problem too. Problems name the file as
     * it is given here, so that editors find it.
     */
    public static Compilation compile(Path file, Map<String, ?> params) {
        return compile(file, params, List.of());
    }

    /**
     * The same, without a remark on paths that lead into further folders.
     *
     * @param readable folders that the pipeline's workers are known to read from
     */
    public static Compilation compile(Path file, Map<String, ?> params, List<Path> readable) {
        try {
            return compile(PipelineFile.read(file).named(file.toString()).reading(readable), params);
        } catch (IOException e) {
            var problem = new Problem(
                    ProblemId.UNREADABLE,
                    SourceLocation.of(String.valueOf(file)),
                    "the file cannot be read: " + e.getMessage(),
                    "",
                    "");
            return new Compilation(Optional.empty(), List.of(problem), List.of(), List.of(), List.of());
        }
    }
}
