package dev.septet.activities.dataset;

/** What a reader found at one place of a source: a row, or why there is none. */
public sealed interface Reading permits Row, BadRow, LeftOut {
    /** Where it stands in the source. */
    Place place();
}
