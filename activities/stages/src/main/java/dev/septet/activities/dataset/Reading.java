package dev.septet.activities.dataset;

/** What a reader found at one place of a source: a row, or why there is none. */
public sealed interface Reading permits Row, BadRow, ExcludedRow {
    /** Where it stands in the source. */
    RowPlace place();
}
