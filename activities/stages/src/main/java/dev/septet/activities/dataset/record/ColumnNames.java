package dev.septet.activities.dataset.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import dev.septet.dsl.text.PublicText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives a record's fields the names of its format.
 *
 * @param columns from a field of the format to the field of the file
 */
public record ColumnNames(Map<String, String> columns) {
    public static ColumnNames of(@Nullable RowNamesSpec names) {
        return new ColumnNames(names == null ? Map.of() : names.columns());
    }

    /**
     * Renames the fields in place. Two fields may change places.
     *
     * @throws RowProblem naming a field that the record does not have
     */
    public void apply(ObjectNode record) {
        Map<String, JsonNode> renamed = new LinkedHashMap<>();
        columns.forEach((field, column) -> {
            JsonNode value = record.remove(column);
            if (value == null) {
                throw new RowProblem(PublicText.of(
                        "\"%s\" is missing, which `columns` reads as %s",
                        PublicText.said(column), PublicText.field(field)));
            }
            renamed.put(field, value);
        });
        renamed.forEach(record::set);
    }
}
