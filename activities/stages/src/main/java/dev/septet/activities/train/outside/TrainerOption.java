package dev.septet.activities.train.outside;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An option of a trainer that a pipeline file may set.
 *
 * @param standard value when the file does not set it ({@code default} in the operator's file); null = required
 * @param min smallest number, null = no limit
 * @param max largest number, null = no limit
 * @param choices allowed texts; empty = any text
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TrainerOption(
        Type type,
        @Nullable Object standard,
        @Nullable Double min,
        @Nullable Double max,
        List<String> choices) {
    /** Kinds of values. */
    enum Type {
        TRUTH,
        WHOLE,
        NUMBER,
        TEXT;

        /** As the operator's file writes it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    TrainerOption {
        choices = List.copyOf(choices);
    }

    /** What is wrong with a value; null when it is valid. */
    @Nullable
    String objection(Object value) {
        String expected = expected();
        boolean fits = switch (type) {
            case TRUTH -> value instanceof Boolean;
            case TEXT -> value instanceof String text && (choices.isEmpty() || choices.contains(text));
            case WHOLE -> value instanceof Long number && inside(number);
            case NUMBER -> value instanceof Number number && inside(number.doubleValue());
        };
        return fits ? null : "expected %s, got %s".formatted(expected, value instanceof String ? "text" : value);
    }

    private boolean inside(double number) {
        return (min == null || number >= min) && (max == null || number <= max);
    }

    private String expected() {
        String kind = switch (type) {
            case TRUTH -> "true or false";
            case WHOLE -> "a whole number";
            case NUMBER -> "a number";
            case TEXT -> choices.isEmpty() ? "text" : "one of " + String.join(", ", choices);
        };
        return kind + (min == null ? "" : " from " + text(min)) + (max == null ? "" : " up to " + text(max));
    }

    private static String text(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
