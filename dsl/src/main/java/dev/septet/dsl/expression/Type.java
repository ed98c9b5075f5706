package dev.septet.dsl.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Types of values in expressions. */
enum Type {
    TEXT("text"),
    NUMBER("a number"),
    TRUTH("true or false"),
    LIST("a list"),
    RECORD("an object with fields"),
    /** A regular expression, given as constant text. */
    PATTERN("a pattern in quotes"),
    NOTHING("missing"),
    /** The type is known only when a row is processed. */
    ANY("any value");

    private final String shown;

    Type(String shown) {
        this.shown = shown;
    }

    /** The name of the type, for messages. */
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

    /** Whether a value of this type may turn out to have the other type. */
    boolean mayBe(Type other) {
        return this == other || this == ANY || other == ANY;
    }
}
