package dev.septet.activities.evaluate.comparison;

/** A file of an evaluation that cannot be compared; the message names the file, what was found and what to do. */
public final class ComparisonProblem extends RuntimeException {
    public ComparisonProblem(String message) {
        super(message);
    }

    /** With the exception that says more to the log. */
    public ComparisonProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
