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
        /** It is in the pipeline's list of forgotten rows. */
        FORGOTTEN
    }

    /** A row that a filter excludes. */
    public ExcludedRow(RowPlace place) {
        this(place, Reason.FILTER);
    }
}
