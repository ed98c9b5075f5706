package dev.septet.dsl.expression.regex;

import java.util.List;
import java.util.function.IntPredicate;

/** The syntax tree of a regular expression. */
sealed interface Syntax {
    /** One code point that is in a set. */
    record CharacterClass(IntPredicate set) implements Syntax {}

    /** A condition for a position between code points, which matches no text. */
    public record Assertion(Kind kind) implements Syntax {
        enum Kind {
            START,
            END,
            WORD_BOUNDARY,
            NOT_WORD_BOUNDARY
        }
    }

    /** The parts in sequence; matches the empty text when it has none. */
    record Sequence(List<Syntax> parts) implements Syntax {}

    /** The first branch that matches. */
    record Choice(List<Syntax> branches) implements Syntax {}

    /**
     * Repetition of a part.
     *
     * @param most {@link #NO_END} = no upper bound
     * @param greedy whether more repetitions are preferred
     */
    record Repeat(Syntax part, int least, int most, boolean greedy) implements Syntax {
        static final int NO_END = -1;
    }
}
