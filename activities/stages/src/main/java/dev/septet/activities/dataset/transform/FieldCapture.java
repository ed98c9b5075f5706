package dev.septet.activities.dataset.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.text.PublicText;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Fields of a record that later steps of the stage need, such as a row's topic. A prepared row has only the fields of its
 * format.
 *
 * @param required name of each field that every row has, with the option of the pipeline file that names it
 * @param group name of a field that a row may have; null for none
 */
public record FieldCapture(
        SortedMap<String, String> required, @Nullable String group) {
    /** Captures nothing. */
    public static final FieldCapture NONE = new FieldCapture(Map.of(), null);

    public FieldCapture {
        required = Collections.unmodifiableSortedMap(new TreeMap<>(required));
    }

    /** A capture of required and optional fields. */
    public FieldCapture(Map<String, String> required, @Nullable String group) {
        this(new TreeMap<>(required), group);
    }

    /**
     * Fields of one record.
     *
     * @param values texts of the required fields, by name
     * @param group value of the group's field; missing for a record without it
     */
    public record Values(SortedMap<String, String> values, JsonNode group) {
        /** Values of a row that has no fields but those of its format. */
        public static final Values NONE = new Values(Collections.emptySortedMap(), MissingNode.getInstance());
    }

    /** Names of the fields. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(required.keySet());
        if (group != null) {
            names.add(group);
        }
        return names;
    }

    /**
     * The fields of a record.
     *
     * @throws RowProblem when the record has no value for a required field, or the value is a list or an object
     */
    public Values of(ObjectNode record) {
        SortedMap<String, String> values = new TreeMap<>();
        required.forEach((name, option) -> values.put(name, text(record, name, option)));
        return new Values(values, group == null ? MissingNode.getInstance() : record.path(group));
    }

    private static String text(ObjectNode record, String name, String option) {
        JsonNode value = record.path(name);
        if (value.isMissingNode() && record.get(RowMeta.FIELD) instanceof ObjectNode kept) {
            value = kept.path(name); // a column that another pipeline kept beside its prepared rows
        }
        String text = value.isMissingNode() && new RecordFields(record).get(name) instanceof String other
                ? other // `prompt` and `answer` exist in every format
                : value.isNumber() ? value.decimalValue().toPlainString() : value.asText("");
        if (value.isContainerNode()) {
            throw new RowProblem(PublicText.of(
                    "\"%s\" is a list or an object, but `%s` of the pipeline needs a text, a number, true or false",
                    PublicText.field(name), PublicText.said(option)));
        }
        if (value.isNull() || text.isBlank()) {
            throw new RowProblem(PublicText.of(
                    "\"%s\" has no value, but `%s` of the pipeline needs one in every row",
                    PublicText.field(name), PublicText.said(option)));
        }
        return text.strip();
    }
}
