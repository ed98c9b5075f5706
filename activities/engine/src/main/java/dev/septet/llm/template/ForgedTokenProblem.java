package dev.septet.llm.template;

/** Message content would become a control token of the model. */
public final class ForgedTokenProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String token;

    ForgedTokenProblem(String token) {
        super("what a message says would become the model's control token " + token);
        this.token = token;
    }

    /** The control token's text; empty if it is unknown. */
    public String token() {
        return token;
    }
}
