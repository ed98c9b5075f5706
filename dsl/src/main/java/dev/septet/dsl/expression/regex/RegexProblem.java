package dev.septet.dsl.expression.regex;

/** Thrown when a text is not a valid regular expression. The message is for the pipeline's author. */
public final class RegexProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegexProblem(String message) {
        super(message, null, false, false);
    }
}
