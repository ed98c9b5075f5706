package dev.septet.dsl;

import dev.septet.dsl.bind.ParamDeclaration;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemPrinter;
import java.util.List;
import java.util.Optional;

/**
 * What became of a pipeline file.
 *
 * @param spec what it says; empty when anything is wrong with it
 * @param problems everything that is wrong, in the file's order
 * @param params the parameters that it declares, as far as it could be read
 * @param included the files that it includes, named as in problems
 * @param remarks what its author should know though nothing is wrong, in the file's order
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
