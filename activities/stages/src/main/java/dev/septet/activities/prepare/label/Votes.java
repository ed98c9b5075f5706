package dev.septet.activities.prepare.label;

import java.util.Comparator;

/**
 * Which labelling functions vote for a row: one bit for each function, in the order of the pipeline file.
 *
 * @param first bits of the functions 0 to 63
 * @param second bits of the functions 64 to 127
 */
record Votes(long first, long second) implements Comparable<Votes> {
    /** All functions abstain. */
    static final Votes NONE = new Votes(0, 0);

    private static final Comparator<Votes> ORDER =
            Comparator.comparingLong(Votes::first).thenComparingLong(Votes::second);

    /** These votes and that of a function. */
    Votes with(int function) {
        return function < Long.SIZE
                ? new Votes(first | 1L << function, second)
                : new Votes(first, second | 1L << (function - Long.SIZE));
    }

    /** Whether a function votes. */
    boolean has(int function) {
        return function < Long.SIZE ? (first >>> function & 1) != 0 : (second >>> (function - Long.SIZE) & 1) != 0;
    }

    @Override
    public int compareTo(Votes other) {
        return ORDER.compare(this, other);
    }
}
