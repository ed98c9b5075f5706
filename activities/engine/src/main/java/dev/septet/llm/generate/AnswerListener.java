package dev.septet.llm.generate;

/** Receives one answer while it is generated. */
@FunctionalInterface
public interface AnswerListener {
    /** Ignores every piece and never cancels the answer. */
    AnswerListener SILENT = piece -> true;

    /**
     * Receives the log-probabilities of the next token, if the options ask for them. Called before
     * {@link #onText} for the same token. Called for a token that ends the answer only where the prompt's tokens have
     * log-probabilities too: a client counts the tokens after the prompt then.
     */
    default void onToken(TokenLogProbabilities token) {}

    /**
     * Receives the log-probabilities of the prompt's next token, if the options ask for them: in the prompt's order,
     * without its first token, which nothing predicts, and before the answer's tokens.
     */
    default void onPromptToken(TokenLogProbabilities token) {}

    /**
     * A control token is a part of the answer's text. Called before {@link #onText} for its text, so
     * that the same characters in ordinary tokens can be told apart.
     *
     * @param at offset of its text in the answer, in UTF-16 units
     */
    default void onMark(long at) {}

    /**
     * Receives the next piece of the answer; all pieces together are its text. Called for every
     * token, and possibly once more at the end. The piece is empty while the text is not yet
     * certain. The model waits until this method returns, so it should only pass the piece on.
     *
     * @return whether to continue this answer
     */
    boolean onText(String piece);
}
