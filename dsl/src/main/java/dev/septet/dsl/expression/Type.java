package dev.septet.dsl.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kinds of values in expressions. */
enum Type {
    TEXT("text"),
    NUMBER("a number"),
    TRUTH("true or false"),
    LIST("a list"),
    RECORD("an object with fields"),
    /** A regular expression, which is text known beforehand. */
    PATTERN("a pattern in quotes"),
    NOTHING("missing"),
    /** Only the row decides. */
    ANY("any value");

    private final String shown;

    Type(String shown) {
        this.shown = shown;
    }

    /** What a value of it is, in an author's words. */
    String shown() {
        return shown;
    }

    static Type of(@Nullable Object value) {
        if (value == null) {
            return NOTHING;
        } else if (value instanceof String) {
            return TEXT;
        } else if (value instanceof Double) {
            return NUMBER;
        } else if (value instanceof Boolean) {
            return TRUTH;
        }
        return value instanceof List ? LIST : RECORD;
    }

    /** Whether a value of this kind may turn out to be of the other. */
    boolean mayBe(Type other) {
        return this == other || this == ANY || other == ANY;
    }
}
