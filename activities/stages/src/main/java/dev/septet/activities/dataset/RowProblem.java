package dev.septet.activities.dataset;

import dev.septet.dsl.text.PublicText;

/** The reason why one row is bad; becomes a {@link BadRow} where its place is known. */
public class RowProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient PublicText reason;

    public RowProblem(PublicText reason) {
        super(reason.toString(), null, false, false);
        this.reason = reason;
    }

    /** The reason, without the row's own text. */
    public PublicText reason() {
        return reason;
    }
}
