package dev.septet.activities.dataset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Map;

/** The canonical JSON of rows: fixed fields in a fixed order, without white space. */
public final class RowJson {
    private static final JsonFactory JSON = new JsonFactory();

    private RowJson() {}

    /** One line of a prepared file: the row's fields and its {@code source}. */
    public static String line(Row row) {
        return write(row, RowMeta.NONE, true);
    }

    /** As {@link #line(Row)}, with the kept columns after the row's fields. */
    public static String line(Row row, RowMeta meta) {
        return write(row, meta, true);
    }

    /** The row without its place. */
    public static String canonical(Row row) {
        return write(row, RowMeta.NONE, false);
    }

    /**
     * Two rows with the same digest are duplicates. It is the sha256 of the canonical JSON after
     * Unicode normalization (NFC), with each run of white space replaced by one space.
     */
    public static byte[] digest(Row row) {
        Row normalised = row.edited((field, text) ->
                Normalizer.normalize(text, Normalizer.Form.NFC).strip().replaceAll("\\s+", " "));
        return Sha256.start().digest(canonical(normalised).getBytes(StandardCharsets.UTF_8));
    }

    private static String write(Row row, RowMeta meta, boolean withSource) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            row.writeFields(json);
            if (!meta.values().isEmpty()) {
                json.writeObjectFieldStart(RowMeta.FIELD);
                for (Map.Entry<String, JsonNode> value : meta.values().entrySet()) {
                    json.writeFieldName(value.getKey());
                    json.writeRawValue(value.getValue().toString());
                }
                json.writeEndObject();
            }
            if (withSource) {
                json.writeStringField("source", row.place().toString());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }
}
