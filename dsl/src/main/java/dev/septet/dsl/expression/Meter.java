package dev.septet.dsl.expression;

import dev.septet.dsl.expression.regex.Cost;

/** Counts the work of one expression on one row, and ends it when it is too much. */
final class Meter implements Cost {
    /** A step is one operation, or one character that a function reads or writes. */
    static final long MOST_STEPS = 10_000_000;

    static final int MOST_TEXT = 1 << 20;
    static final int MOST_ITEMS = 100_000;

    private long steps;

    @Override
    public void add(long more) {
        steps += more;
        if (steps > MOST_STEPS) {
            throw new ExpressionProblem("takes more than 10,000,000 steps for one row, the most it may", true);
        }
    }

    /** Pays for a text before it is made. */
    void text(long characters) {
        if (characters > MOST_TEXT) {
            throw new ExpressionProblem("makes a text of more than 1,048,576 characters, the most it may", true);
        }
        add(characters);
    }

    /** Pays for a list before it is made. */
    void items(long count) {
        if (count > MOST_ITEMS) {
            throw new ExpressionProblem("makes a list of more than 100,000 items, the most it may", true);
        }
        add(count);
    }
}
