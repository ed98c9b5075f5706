package dev.septet.activities.dataset;

/** The result of reading one place of a source: a row, or the reason why there is none. */
public sealed interface Reading permits Row, BadRow, ExcludedRow {
    /** The place in the source. */
    RowPlace place();
}
