package dev.septet.activities.operator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An option of a trainer, or a hyperparameter of a service's model, that a pipeline file may set.
 *
 * @param standard value when the file does not set it ({@code default} in the operator's file); null = required, or left to the service
 * @param min smallest number, null = no limit
 * @param max largest number, null = no limit
 * @param choices allowed texts; empty = any text
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeclaredOption(
        Type type,
        @Nullable Object standard,
        @Nullable Double min,
        @Nullable Double max,
        List<String> choices) {
    /** Kinds of values. */
    public enum Type {
        TRUTH,
        WHOLE,
        NUMBER,
        TEXT;

        /** As the operator's file writes it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public DeclaredOption {
        choices = List.copyOf(choices);
    }

    /** Reads a declaration such as {@code {type: number, min: 0, max: 50}}. */
    public static DeclaredOption of(OperatorFile file, String at, JsonNode json) {
        file.object(json, at, "type", "default", "min", "max", "choices");
        String type = file.text(json, at, "type");
        Type known = null;
        for (Type one : Type.values()) {
            known = one.word().equals(type) ? one : known;
        }
        if (known == null) {
            throw file.wrong(at, "type", "truth, whole, number or text");
        }
        DeclaredOption option = new DeclaredOption(
                known,
                value(file, json.path("default"), at),
                file.number(json, at, "min"),
                file.number(json, at, "max"),
                file.texts(json, at, "choices", List.of()));
        Object standard = option.standard();
        String objection = standard == null ? null : option.objection(standard);
        if (objection != null) {
            throw file.problem("%s: default: %s".formatted(at, objection));
        }
        return option;
    }

    private static @Nullable Object value(OperatorFile file, JsonNode json, String at) {
        if (json.isMissingNode()) {
            return null;
        } else if (json.isTextual()) {
            return json.asText();
        } else if (json.isBoolean()) {
            return json.asBoolean();
        } else if (json.isIntegralNumber() && json.canConvertToLong()) {
            return json.asLong();
        } else if (json.isNumber()) {
            return json.asDouble();
        }
        throw file.wrong(at, "default", "text, a number, true or false");
    }

    /** What is wrong with a value; null when it is valid. */
    public @Nullable String objection(Object value) {
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
