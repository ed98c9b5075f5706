package dev.septet.dsl.expression;

import dev.septet.dsl.problem.SourceLocation;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an expression: what it gives, how it runs, how it is written.
 *
 * @param text its one canonical form
 * @param level how strongly its parts hold together; see the constants
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

    /** The text where something of this level is needed. */
    String at(int needed) {
        return level >= needed ? text : "(" + text + ")";
    }

    /** Its value, which must be of this kind; {@code user} is what takes it. */
    Object checked(Type wanted, String user, RowFields row, Meter meter) {
        return check(code.value(row, meter), wanted, user);
    }

    Object check(@Nullable Object value, Type wanted, String user) {
        if (value == null) {
            throw new ExpressionProblem(
                    "`%s` is missing, but `%s` takes %s"
                            .formatted(shown(), user, wanted == Type.ANY ? "a value" : wanted.shown()),
                    false);
        }
        if (wanted != Type.ANY && Type.of(value) != wanted) {
            throw new ExpressionProblem(
                    "`%s` is %s, but `%s` takes %s"
                            .formatted(shown(), Type.of(value).shown(), user, wanted.shown()),
                    false);
        }
        return value;
    }

    /** Its text, short enough for a message. */
    String shown() {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
