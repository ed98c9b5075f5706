package dev.septet.activities.dataset;

/**
 * A row that the pipeline excludes.
 *
 * @param reason why it is excluded
 */
public record ExcludedRow(RowPlace place, Reason reason) implements Reading {
    /** Why a row is excluded. */
    public enum Reason {
        /** A filter of the pipeline, or the format itself, excludes it. */
        FILTER,
        /** Its field of consent is not true. */
        CONSENT,
        /** No labelling function decides its label. */
        LABEL,
        /** Its record is in the pipeline's list of forgotten rows. */
        FORGOTTEN,
        /** Its texts are those of a forgotten row, and its record is another one. */
        FORGOTTEN_CONTENT
    }

    /** A row that a filter excludes. */
    public ExcludedRow(RowPlace place) {
        this(place, Reason.FILTER);
    }
}
