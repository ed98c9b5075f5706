package dev.septet.dsl.problem;

/**
 * One thing that is wrong with a pipeline file.
 *
 * @param message what is wrong, one line, no full stop
 * @param hint what to do about it, whole sentences; empty when the message says it
 * @param line the source line of the location; empty when it has none
 */
public record Problem(ProblemId id, SourceLocation location, String message, String hint, String line) {
    /** Message and hint as one line of text. */
    public String sentence() {
        return hint.isEmpty() ? message : message + ". " + hint;
    }
}
