package dev.septet.dsl.expression;

import dev.septet.dsl.expression.regex.Cost;

/** Counts the work of one expression on one row, and throws when it exceeds a limit. */
final class Meter implements Cost {
    /** A step is one operation, or one character that a function reads or writes. */
    static final long MAX_STEPS = 10_000_000;

    static final int MAX_TEXT = 1 << 20;
    static final int MAX_ITEMS = 100_000;

    private long steps;

    @Override
    public void add(long more) {
        steps += more;
        if (steps > MAX_STEPS) {
            throw new ExpressionProblem("takes more than 10,000,000 steps for one row, which is the limit", true);
        }
    }

    /** Counts the characters of a text before it is created. */
    void text(long characters) {
        if (characters > MAX_TEXT) {
            throw new ExpressionProblem("makes a text of more than 1,048,576 characters, which is the limit", true);
        }
        add(characters);
    }

    /** Counts the items of a list before it is created. */
    void items(long count) {
        if (count > MAX_ITEMS) {
            throw new ExpressionProblem("makes a list of more than 100,000 items, which is the limit", true);
        }
        add(count);
    }
}
