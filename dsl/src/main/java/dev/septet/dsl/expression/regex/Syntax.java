package dev.septet.dsl.expression.regex;

import java.util.List;
import java.util.function.IntPredicate;

/** A regular expression's tree. */
sealed interface Syntax {
    /** One code point of a set. */
    record One(IntPredicate set) implements Syntax {}

    /** A place between code points. */
    public record Place(Kind kind) implements Syntax {
        enum Kind {
            START,
            END,
            WORD_EDGE,
            NO_WORD_EDGE
        }
    }

    /** One after the other; nothing when empty. */
    record Sequence(List<Syntax> parts) implements Syntax {}

    /** The first that fits. */
    record Choice(List<Syntax> branches) implements Syntax {}

    /**
     * Again and again.
     *
     * @param most {@link #NO_END} for as often as can be
     * @param greedy whether more is better
     */
    record Repeat(Syntax part, int least, int most, boolean greedy) implements Syntax {
        static final int NO_END = -1;
    }
}
