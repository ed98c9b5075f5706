package dev.septet.dsl.problem;

/**
 * A problem of a pipeline file.
 *
 * @param message the problem in one line, without a full stop
 * @param hint what the author can do about it, in whole sentences; empty when the message says it
 * @param line the source line of the location; empty when there is none
 */
public record Problem(ProblemId id, SourceLocation location, String message, String hint, String line) {
    /** The message and the hint as one line of text. */
    public String sentence() {
        return hint.isEmpty() ? message : message + ". " + hint;
    }
}
