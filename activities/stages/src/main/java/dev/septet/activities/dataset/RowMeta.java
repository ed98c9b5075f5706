package dev.septet.activities.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.septet.dsl.text.PublicText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of a record that the pipeline keeps beside the row, such as its topic. The model never
 * sees them.
 *
 * @param values texts, numbers, booleans and nulls by name, in the order of the pipeline file
 */
public record RowMeta(Map<String, JsonNode> values) {
    /** No columns. */
    public static final RowMeta NONE = new RowMeta(Map.of());

    /** Name of the object in a prepared row. */
    public static final String FIELD = "meta";

    private static final int LONGEST_TEXT = 1000;

    /**
     * The kept columns of a record. A record of a prepared dataset has them in {@value #FIELD}.
     *
     * @throws RowProblem when a column has a list, an object or a long text
     */
    static RowMeta of(ObjectNode record, List<String> names) {
        if (names.isEmpty()) {
            return NONE;
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        for (String name : names) {
            JsonNode value =
                    record.has(name) ? record.get(name) : record.path(FIELD).path(name);
            if (value.isContainerNode()) {
                throw new RowProblem(PublicText.of(
                        "%s: is a list or an object, but `keep` takes texts, numbers and booleans",
                        PublicText.field(name)));
            }
            if (value.isTextual() && value.textValue().length() > LONGEST_TEXT) {
                throw new RowProblem(PublicText.of(
                        "%s: has %,d characters, but `keep` takes at most %,d",
                        PublicText.field(name), value.textValue().length(), LONGEST_TEXT));
            }
            values.put(name, value.isMissingNode() ? NullNode.getInstance() : value);
        }
        return new RowMeta(values);
    }

    /** The columns of a prepared row. */
    static RowMeta ofPrepared(ObjectNode record) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        record.path(FIELD).properties().forEach(column -> values.put(column.getKey(), column.getValue()));
        return values.isEmpty() ? NONE : new RowMeta(values);
    }

    /** These columns and one more, the last. */
    public RowMeta with(String name, String value) {
        Map<String, JsonNode> more = new LinkedHashMap<>(values);
        more.put(name, TextNode.valueOf(value));
        return new RowMeta(more);
    }

    /** The same columns with their texts changed, and numbers that an edit changes, which become texts. */
    public RowMeta edited(TextEdit edit) {
        Map<String, JsonNode> edited = new LinkedHashMap<>();
        values.forEach((name, value) -> edited.put(name, edited(name, value, edit)));
        return new RowMeta(edited);
    }

    private static JsonNode edited(String name, JsonNode value, TextEdit edit) {
        if (!value.isTextual() && !value.isNumber()) {
            return value;
        }
        String text = value.asText();
        String changed = edit.apply(FIELD + "." + name, text);
        return changed.equals(text) ? value : TextNode.valueOf(changed);
    }
}
