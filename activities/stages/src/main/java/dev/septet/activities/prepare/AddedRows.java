package dev.septet.activities.prepare;

import dev.septet.activities.dataset.file.SourceFile;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a dataset in addition to the rows of its source.
 *
 * @param reviewed rows for training in addition to the file's rows, null for none
 * @param general rows of general capability, stored beside the splits, null for none
 */
record AddedRows(@Nullable SourceFile reviewed, @Nullable SourceFile general) {
    /** Only the file's rows. */
    static final AddedRows NONE = new AddedRows(null, null);
}
