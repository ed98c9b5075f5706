package dev.septet.dsl;

import dev.septet.dsl.bind.ParamDeclaration;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemPrinter;
import java.util.List;
import java.util.Optional;

/**
 * The result of compiling a pipeline file.
 *
 * @param spec the pipeline; empty when the file has any problem
 * @param problems all problems, in the order of the file
 * @param params the parameters that the file declares, as far as it could be read
 * @param included the files that it includes, named as in problems
 * @param remarks notes for the author about a valid file, in the order of the file
 */
public record Compilation(
        Optional<PipelineSpec> spec,
        List<Problem> problems,
        List<ParamDeclaration> params,
        List<String> included,
        List<Problem> remarks) {
    public Compilation {
        problems = List.copyOf(problems);
        params = List.copyOf(params);
        included = List.copyOf(included);
        remarks = List.copyOf(remarks);
    }

    /** The problems as text for people; empty when there are none. */
    public String printed() {
        return ProblemPrinter.text(problems);
    }
}
