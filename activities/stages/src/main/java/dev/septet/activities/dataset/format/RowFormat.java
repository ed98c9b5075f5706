package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;

/** Converts records of one format to rows. */
public interface RowFormat {
    /**
     * Converts a record to a row.
     *
     * @throws RowProblem when a field is missing, of the wrong type, or empty
     */
    Row row(ObjectNode record, RowPlace place);

    static RowFormat of(DatasetFormat format) {
        return switch (format) {
            case CHAT -> new ChatFormat();
            case ALPACA -> new AlpacaFormat();
            case COMPLETION ->
                (record, place) ->
                        new CompletionRow(Fields.text(record, "prompt"), Fields.text(record, "completion"), place);
            case PREFERENCE -> new PreferenceFormat();
            case TEXT -> (record, place) -> new TextRow(Fields.text(record, "text"), place);
            case AUTO -> throw new IllegalArgumentException("auto is decided before rows are read");
        };
    }
}
