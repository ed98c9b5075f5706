package dev.septet.activities.dataset.transform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowMeta;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.dsl.text.PublicText;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Edits records, and remembers their fields until their rows are used. A prepared row has only the
 * fields of its format; later steps of the stage also need others, such as a row's topic.
 */
public final class FieldCapture implements RecordEdit {
    private static final double EXACT = 1L << 53;

    private final RecordEdit edit;
    private final SortedMap<String, String> fields;
    private final PlaceValues<SortedMap<String, String>> values = new PlaceValues<>();

    /**
     * @param edit the edit before it
     * @param fields name of each field, with the option of the pipeline file that names it
     */
    public FieldCapture(RecordEdit edit, Map<String, String> fields) {
        this.edit = edit;
        this.fields = new TreeMap<>(fields);
    }

    /** The values of a record's fields, by field; empty for a record that was not kept. Later calls name later places. */
    public Optional<SortedMap<String, String>> take(RowPlace place) {
        return values.take(place);
    }

    /**
     * @throws RowProblem when the record has no value for one of the fields, or the value is a list or an object
     */
    @Override
    public boolean apply(ObjectNode record, RowPlace place) {
        if (!edit.apply(record, place)) {
            return false;
        }
        SortedMap<String, String> found = new TreeMap<>();
        fields.forEach((name, option) -> found.put(name, text(value(record, name), name, option)));
        values.add(place, found);
        return true;
    }

    @Override
    public Set<String> reads() {
        Set<String> all = new TreeSet<>(edit.reads());
        all.addAll(fields.keySet());
        return all;
    }

    /** The record's own field, or the column that another pipeline kept beside its prepared rows. */
    private static @Nullable Object value(ObjectNode record, String name) {
        Object own = new RecordFields(record).get(name);
        return own == null && record.get(RowMeta.FIELD) instanceof ObjectNode kept
                ? new RecordFields(kept).get(name)
                : own;
    }

    private static String text(@Nullable Object value, String name, String option) {
        if (value == null || (value instanceof String text && text.isBlank())) {
            throw new RowProblem(PublicText.of(
                    "\"%s\" has no value, but `%s` of the pipeline needs one in every row",
                    PublicText.field(name), PublicText.said(option)));
        }
        if (value instanceof String text) {
            return text.strip();
        }
        if (value instanceof Double number) {
            boolean whole = number == Math.rint(number) && Math.abs(number) < EXACT;
            return whole ? Long.toString(number.longValue()) : number.toString();
        }
        if (value instanceof Boolean truth) {
            return truth.toString();
        }
        throw new RowProblem(PublicText.of(
                "\"%s\" is a list or an object, but `%s` of the pipeline needs a text, a number, true or false",
                PublicText.field(name), PublicText.said(option)));
    }
}
