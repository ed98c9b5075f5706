package dev.septet.llm.generate.constraint.grammar;

/** A grammar cannot be built: it is too large, has no text, or is written in an unsupported way. */
public final class GrammarProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GrammarProblem(String message) {
        super(message);
    }
}
