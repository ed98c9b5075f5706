package dev.septet.activities.dataset.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextEdit;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** JSON inside rows: arguments of tool calls and schemas of tools. */
public final class JsonTexts {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private JsonTexts() {}

    /**
     * Checks JSON as texts of rows are checked, and refuses numbers that no other program could read
     * back.
     *
     * @throws RowProblem naming what is wrong, without the JSON's own texts
     */
    public static JsonNode checked(JsonNode node, PublicText what) {
        if (node.isTextual()) {
            Fields.text(node, what);
        } else if (node.isIntegralNumber() && !node.canConvertToLong()) {
            throw new RowProblem(PublicText.of("%s holds a whole number of more than 64 bits", what));
        } else if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
            throw new RowProblem(PublicText.of("%s holds a number that is too large", what));
        }
        node.properties().forEach(field -> {
            Fields.text(NODES.textNode(field.getKey()), what);
            checked(field.getValue(), what);
        });
        if (node.isArray()) {
            node.forEach(item -> checked(item, what));
        }
        return node;
    }

    /** JSON that is stored in a text; empty when the text is no strict JSON object or list. */
    public static Optional<JsonNode> parsed(String text) {
        String stripped = text.strip();
        try {
            if (stripped.startsWith("{")) {
                return Optional.of(StrictRecord.object(stripped.getBytes(StandardCharsets.UTF_8)));
            }
            if (stripped.startsWith("[")) {
                String object = "{\"list\":" + stripped + "}";
                JsonNode list = StrictRecord.object(object.getBytes(StandardCharsets.UTF_8))
                        .get("list");
                return list.isArray() ? Optional.of(list) : Optional.empty();
            }
            return Optional.empty();
        } catch (RowProblem notJson) {
            return Optional.empty();
        }
    }

    /**
     * JSON with its texts changed: values, property names, and numbers that an edit changes, which
     * become texts.
     *
     * @param field the JSON's field in the row; its texts have a number after it
     * @throws RowProblem when two properties get the same name
     */
    public static JsonNode edited(JsonNode node, String field, TextEdit edit) {
        int[] count = {0};
        return edited(node, field, edit, count);
    }

    private static JsonNode edited(JsonNode node, String field, TextEdit edit, int[] count) {
        if (node.isTextual()) {
            return NODES.textNode(edit.apply(field + "#" + count[0]++, node.textValue()));
        }
        if (node.isNumber()) {
            String number = node.asText();
            String changed = edit.apply(field + "#" + count[0]++, number);
            return changed.equals(number) ? node : NODES.textNode(changed);
        }
        if (node instanceof ArrayNode list) {
            ArrayNode changed = NODES.arrayNode(list.size());
            list.forEach(item -> changed.add(edited(item, field, edit, count)));
            return changed;
        }
        if (node instanceof ObjectNode object) {
            ObjectNode changed = NODES.objectNode();
            object.properties().forEach(property -> {
                String name = edit.apply(field + "#" + count[0]++, property.getKey());
                if (changed.has(name)) {
                    throw new RowProblem(
                            PublicText.of("two properties of %s get the same name", PublicText.said(field)));
                }
                changed.set(name, edited(property.getValue(), field, edit, count));
            });
            return changed;
        }
        return node;
    }

    /** Writes JSON with its properties in their order. */
    public static void write(JsonGenerator json, JsonNode node) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                json.writeStartObject();
                for (var field : node.properties()) {
                    json.writeFieldName(field.getKey());
                    write(json, field.getValue());
                }
                json.writeEndObject();
            }
            case ARRAY -> {
                json.writeStartArray();
                for (JsonNode item : node) {
                    write(json, item);
                }
                json.writeEndArray();
            }
            case STRING -> json.writeString(node.textValue());
            case BOOLEAN -> json.writeBoolean(node.booleanValue());
            case NUMBER -> {
                if (node.isIntegralNumber()) {
                    json.writeNumber(node.longValue());
                } else {
                    json.writeNumber(node.doubleValue());
                }
            }
            default -> json.writeNull();
        }
    }

    /** JSON without white space and with sorted properties. */
    public static String canonical(JsonNode node) {
        try {
            return SORTED.writeValueAsString(SORTED.treeToValue(node, Object.class));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("writing to memory failed", new IOException(e));
        }
    }
}
