package dev.septet.dsl.expression.regex;

import java.util.List;
import java.util.function.IntPredicate;

/** The syntax tree of a regular expression. */
sealed interface Syntax {
    /** One code point of a set. */
    record One(IntPredicate set) implements Syntax {}

    /** A position between code points. */
    public record Place(Kind kind) implements Syntax {
        enum Kind {
            START,
            END,
            WORD_EDGE,
            NO_WORD_EDGE
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
