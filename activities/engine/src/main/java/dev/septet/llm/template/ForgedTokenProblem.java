package dev.septet.llm.template;

/** What a message says would become a control token of the model. */
public final class ForgedTokenProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String token;

    ForgedTokenProblem(String token) {
        super("what a message says would become the model's control token " + token);
        this.token = token;
    }

    /** The control token as the model writes it; empty when it is not known which. */
    public String token() {
        return token;
    }
}
