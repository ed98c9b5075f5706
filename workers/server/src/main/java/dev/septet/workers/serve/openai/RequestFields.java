package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The fields of a request's JSON object. A field that is null counts as absent. */
final class RequestFields {
    private final ObjectNode body;
    private final Set<String> names = new TreeSet<>();

    private RequestFields(ObjectNode body) {
        this.body = body;
    }

    /**
     * Reads a body.
     *
     * @throws ApiProblem when the body is not a JSON object
     */
    static RequestFields of(byte[] body) {
        try {
            if (StrictJson.MAPPER.readTree(body) instanceof ObjectNode object) {
                return new RequestFields(object);
            }
        } catch (JsonProcessingException e) {
            throw ApiProblem.refused(
                    400,
                    null,
                    "invalid_json",
                    String.format(
                            Locale.ROOT,
                            "the body is not valid JSON: %s (line %d, column %d)",
                            e.getOriginalMessage().lines().findFirst().orElse(""),
                            e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                            e.getLocation() == null ? 1 : e.getLocation().getColumnNr()));
        } catch (IOException e) {
            throw ApiProblem.refused(400, null, "invalid_json", "the body is not valid JSON: it is not text in UTF-8");
        }
        throw ApiProblem.refused(400, null, "invalid_json", "the body must be a JSON object");
    }

    /** A field's JSON value; null when absent. */
    @Nullable
    JsonNode node(String name) {
        names.add(name);
        JsonNode value = body.get(name);
        return value == null || value.isNull() ? null : value;
    }

    @Nullable
    String text(String name) {
        JsonNode value = node(name);
        if (value != null && !value.isTextual()) {
            throw ApiProblem.value(name, "'%s' must be a string".formatted(name));
        }
        return value == null ? null : value.textValue();
    }

    String required(String name) {
        String value = text(name);
        if (value == null || value.isEmpty()) {
            throw ApiProblem.refused(400, name, "missing_required_parameter", "'%s' is missing".formatted(name));
        }
        return value;
    }

    boolean flag(String name) {
        JsonNode value = node(name);
        if (value != null && !value.isBoolean()) {
            throw ApiProblem.value(name, "'%s' must be true or false".formatted(name));
        }
        return value != null && value.booleanValue();
    }

    /** An integer within bounds; null when absent. */
    @Nullable
    Long whole(String name, long min, long max) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < min
                || value.longValue() > max) {
            throw ApiProblem.value(
                    name,
                    String.format(
                            Locale.ROOT,
                            "'%s' must be a whole number between %d and %d, got %s",
                            name,
                            min,
                            max,
                            shown(value)));
        }
        return value.longValue();
    }

    /** A number within inclusive bounds. */
    double number(String name, double min, double max, double otherwise) {
        JsonNode value = node(name);
        if (value == null) {
            return otherwise;
        }
        // This form of the condition also refuses NaN.
        if (!value.isNumber() || !(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw ApiProblem.value(
                    name,
                    "'%s' must be a number between %s and %s, got %s"
                            .formatted(name, plain(min), plain(max), shown(value)));
        }
        return value.doubleValue();
    }

    /**
     * Refuses every field that was not read and is not in the given set of fields without effect.
     */
    void requireKnown(Set<String> ignored) {
        body.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name) && !ignored.contains(name)) {
                throw ApiProblem.refused(
                        400,
                        clip(name),
                        "unknown_parameter",
                        "'%s' is not known here; known are %s".formatted(clip(name), String.join(", ", names)));
            }
        });
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    private static String shown(JsonNode value) {
        return clip(value.toString());
    }

    private static String clip(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
