package dev.septet.dsl.expression;

import dev.septet.dsl.problem.SourceLocation;
import org.jspecify.annotations.Nullable;

/**
 * A checked part of an expression: its type, its code and its canonical text.
 *
 * @param text its canonical form
 * @param level its operator precedence; see the constants
 */
record Typed(Type type, Code code, String text, int level, SourceLocation at) {
    static final int CHOICE = 0;
    static final int OR = 1;
    static final int AND = 2;
    static final int COMPARISON = 3;
    static final int SUM = 4;
    static final int PRODUCT = 5;
    static final int SIGN = 6;
    static final int ATOM = 7;

    /** The text, in parentheses when its precedence is below the needed one. */
    String at(int needed) {
        return level >= needed ? text : "(" + text + ")";
    }

    /** The value, which must have this type; {@code user} is the operator or function that takes it. */
    Object checked(Type expected, String user, RowFields row, Meter meter) {
        return check(code.value(row, meter), expected, user);
    }

    Object check(@Nullable Object value, Type expected, String user) {
        if (value == null) {
            throw new ExpressionProblem(
                    "`%s` is missing, but `%s` takes %s"
                            .formatted(shown(), user, expected == Type.ANY ? "a value" : expected.shown()),
                    false);
        }
        if (expected != Type.ANY && Type.of(value) != expected) {
            throw new ExpressionProblem(
                    "`%s` is %s, but `%s` takes %s"
                            .formatted(shown(), Type.of(value).shown(), user, expected.shown()),
                    false);
        }
        return value;
    }

    /** The text, shortened for messages. */
    String shown() {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
