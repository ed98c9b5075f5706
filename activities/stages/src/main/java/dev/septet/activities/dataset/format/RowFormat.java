package dev.septet.activities.dataset.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.record.Fields;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.RowNamesSpec;
import org.jspecify.annotations.Nullable;

/** Converts records of one format to rows. */
public interface RowFormat {
    /**
     * Converts a record to a row.
     *
     * @throws RowProblem when a field is missing, of the wrong type, or empty
     */
    Row row(ObjectNode record, RowPlace place);

    /**
     * Whether the format leaves the record out.
     *
     * @throws RowProblem when the field that decides is missing or of the wrong type
     */
    default boolean excludes(ObjectNode record) {
        return false;
    }

    /** The format of a file whose names are those of the format. */
    static RowFormat of(DatasetFormat format) {
        return of(format, null);
    }

    /**
     * The format of a file.
     *
     * @param names the names that the file uses instead; null for none
     */
    static RowFormat of(DatasetFormat format, @Nullable RowNamesSpec names) {
        return switch (format) {
            case CHAT -> new ChatFormat();
            case ALPACA -> new AlpacaFormat();
            case COMPLETION -> new CompletionFormat();
            case PREFERENCE -> new PreferenceFormat(ShareGptFormat.of(names));
            case TEXT -> (record, place) -> new TextRow(Fields.text(record, "text"), place);
            case SHAREGPT -> ShareGptFormat.of(names);
            case RANKED -> new RankedFormat();
            case CLASSIFICATION -> new ClassificationFormat();
            case KTO -> new KtoFormat();
            case AUTO -> throw new IllegalArgumentException("auto is decided before rows are read");
        };
    }
}
