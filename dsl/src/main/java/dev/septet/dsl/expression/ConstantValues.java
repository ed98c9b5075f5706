package dev.septet.dsl.expression;

import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import java.util.Optional;

/** Values that a pipeline file gave names to. */
@FunctionalInterface
public interface ConstantValues {
    /**
     * The value of a name, a text with names in it, or a number with a unit: text, {@link
     * java.math.BigDecimal}, {@link Boolean}, a list of them, or what expressions have no use for.
     * Empty when there is none, its problem reported.
     */
    Optional<Object> value(SourceTerm term);

    /** For texts that hold no names any more. */
    static ConstantValues none(Problems problems) {
        return term -> {
            problems.add(
                    ProblemId.UNKNOWN_NAME,
                    term.at(),
                    (term instanceof SourceTerm.Name name ? Quote.code(name.name()) : "this") + " is not defined");
            return Optional.empty();
        };
    }
}
