package dev.septet.activities.dataset;

/** Why one row is bad; becomes a {@link BadRow} where its place is known. */
public final class RowProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RowProblem(String reason) {
        super(reason, null, false, false);
    }

    /** Why, without the row's own text. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
