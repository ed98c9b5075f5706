package dev.septet.activities.dataset;

import dev.septet.dsl.extension.Extension;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.util.Map;
import java.util.Optional;

/**
 * A dataset format from a jar: {@code dataset 'data/rows.tsv', format: tsv}. A file has one
 * row per line. A line becomes a record with the fields of one of Septet's own formats,
 * such as {@code prompt} and {@code completion}.
 */
public interface FormatExtension extends Extension {
    /** A reader of one file's lines. */
    Lines open(ExtensionSpec used);

    /** Reads lines. Where {@code plan} reads a sample, it gets the first line and some others. */
    @FunctionalInterface
    interface Lines {
        /**
         * The record of a line: texts, numbers, booleans, lists and maps by the names of fields.
         *
         * @param line never blank, without its end
         * @return empty for a line that is no row, such as a header
         * @throws RowProblem when the line is no row of this format, without the line's own text
         */
        Optional<Map<String, ?>> record(String line);
    }
}
