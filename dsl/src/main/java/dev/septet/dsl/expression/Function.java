package dev.septet.dsl.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that is called on a value: {@code row.answer.contains('x')}.
 *
 * @param of the type of the value that it is called on
 * @param parameters the types of its arguments
 * @param resultType the type of its result; the result may be null for a missing value
 */
public record Function(String name, Type of, List<Type> parameters, Type resultType, String meaning, Body body) {
    /** The function's implementation. The meter throws when the work exceeds its limit. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object apply(Object target, Object[] values, Meter meter);
    }

    /** The signature, such as {@code contains(text)}. */
    public String signature() {
        return name
                + "("
                + String.join(
                        ", ",
                        parameters.stream()
                                .map(t -> t.shown().replaceAll("^an? ", ""))
                                .toList())
                + ")";
    }

    /** The type that it is called on, for messages. */
    public String follows() {
        return of.shown();
    }

    /** The type of its result, for messages. */
    public String result() {
        return resultType.shown();
    }
}
