package dev.septet.dsl.expression.regex;

/** Why a text is no regular expression; the message is for the pipeline's author. */
public final class RegexProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegexProblem(String message) {
        super(message, null, false, false);
    }
}
