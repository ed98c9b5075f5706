package dev.septet.workers.serve.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code response_format} of a request.
 *
 * @param sent the field as sent; null for text
 * @param schema the schema of the answer; null for any JSON object
 */
public record AnswerFormat(
        @Nullable JsonNode sent, @Nullable JsonNode schema) {
    /** Any text. */
    public static final AnswerFormat TEXT = new AnswerFormat(null, null);

    /** JSON pointer of the schema in a request. */
    public static final String SCHEMA_POINTER = "/response_format/json_schema/schema";

    private static final String FIELD = "response_format";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Whether the answer must be JSON. */
    public boolean json() {
        return sent != null;
    }

    static AnswerFormat of(@Nullable JsonNode format) {
        if (format == null) {
            return TEXT;
        }
        String type = format.path("type").asText();
        if (!format.isObject()) {
            throw ApiProblem.value(FIELD, "'response_format' must be an object such as {\"type\": \"json_object\"}");
        }
        switch (type) {
            case "text" -> {
                requireKnown(format, FIELD, Set.of("type"));
                return TEXT;
            }
            case "json_object" -> {
                requireKnown(format, FIELD, Set.of("type"));
                return new AnswerFormat(format, null);
            }
            case "json_schema" -> {
                requireKnown(format, FIELD, Set.of("type", "json_schema"));
                return new AnswerFormat(format, schema(format.path("json_schema")));
            }
            default ->
                throw ApiProblem.value(
                        "response_format.type", "'response_format.type' must be text, json_object or json_schema");
        }
    }

    private static JsonNode schema(JsonNode declared) {
        String field = "response_format.json_schema";
        if (!(declared instanceof ObjectNode)) {
            throw ApiProblem.value(field, "'%s' must be an object with 'name' and 'schema'".formatted(field));
        }
        requireKnown(declared, field, Set.of("name", "description", "schema", "strict"));
        if (!NAME.matcher(declared.path("name").asText()).matches()) {
            throw ApiProblem.value(
                    field + ".name", "'%s.name' must have 1 to 64 letters, digits, - or _".formatted(field));
        }
        JsonNode strict = declared.path("strict");
        if (!strict.isMissingNode() && !strict.isNull() && !strict.isBoolean()) {
            throw ApiProblem.value(field + ".strict", "'%s.strict' must be true or false".formatted(field));
        }
        // As in OpenAI's API, a schema that is left out allows every object.
        return declared.hasNonNull("schema")
                ? declared.path("schema")
                : StrictJson.MAPPER.createObjectNode().put("type", "object");
    }

    static void requireKnown(JsonNode object, String place, Set<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                String shown = name.length() <= 40 ? name : name.substring(0, 40) + "...";
                throw ApiProblem.refused(
                        400,
                        place + "." + shown,
                        "unknown_parameter",
                        "'%s.%s' is not known here; known are %s"
                                .formatted(place, shown, String.join(", ", new TreeSet<>(known))));
            }
        });
    }
}
