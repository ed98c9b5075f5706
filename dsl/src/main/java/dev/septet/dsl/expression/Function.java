package dev.septet.dsl.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that follows its value: {@code row.answer.contains('x')}.
 *
 * @param of the kind of value it follows
 * @param takes the kinds of values between its parentheses
 * @param gives what comes of it; with null for a missing value
 */
public record Function(String name, Type of, List<Type> takes, Type gives, String meaning, Body body) {
    /** What it does; the meter ends what takes too long. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object apply(Object target, Object[] values, Meter meter);
    }

    /** {@code contains(text)}. */
    public String signature() {
        return name
                + "("
                + String.join(
                        ", ",
                        takes.stream()
                                .map(t -> t.shown().replaceAll("^an? ", ""))
                                .toList())
                + ")";
    }

    /** What it follows, in an author's words. */
    public String follows() {
        return of.shown();
    }

    /** What comes of it, in an author's words. */
    public String result() {
        return gives.shown();
    }
}
