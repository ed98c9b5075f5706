package dev.septet.activities.explain;

/** Why an answer cannot be explained, in plain words, with the next step. */
public final class ExplainProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What is wrong. */
    public enum Kind {
        /** The request itself, such as the number of a row. */
        REQUEST,
        /** A model, dataset or row is not in the store. */
        MISSING,
        /** It exists, but cannot be explained. */
        REFUSED
    }

    ExplainProblem(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    ExplainProblem(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static ExplainProblem request(String message) {
        return new ExplainProblem(Kind.REQUEST, message);
    }

    static ExplainProblem missing(String message) {
        return new ExplainProblem(Kind.MISSING, message);
    }

    static ExplainProblem refused(String message) {
        return new ExplainProblem(Kind.REFUSED, message);
    }

    public Kind kind() {
        return kind;
    }
}
