package dev.septet.activities.prepare;

import dev.septet.activities.dataset.file.SourceFile;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to a dataset beside the rows of its source.
 *
 * @param reviewed rows that are learned beside the file's, null for none
 * @param general rows of general skill that lie beside the splits, null for none
 */
record AddedRows(@Nullable SourceFile reviewed, @Nullable SourceFile general) {
    /** The file's rows and nothing else. */
    static final AddedRows NONE = new AddedRows(null, null);
}
