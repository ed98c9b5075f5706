package dev.septet.dsl.expression;

import dev.septet.dsl.parse.SourceTerm;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.Problems;
import dev.septet.dsl.problem.Quote;
import java.util.Optional;

/** The constants of a pipeline file. */
@FunctionalInterface
public interface ConstantValues {
    /**
     * The value of a name, of a text with names in it, or of a number with a unit. It is text,
     * {@link java.math.BigDecimal}, {@link Boolean}, a list of them, or a value that expressions cannot use. Empty when
     * there is none; the problem is then reported.
     */
    Optional<Object> value(SourceTerm term);

    /** Constants for texts that contain no names. */
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
