package dev.septet.workers.serve.backend;

import dev.septet.llm.generate.sampling.FinishReason;
import dev.septet.workers.serve.openai.TokenChance;

/**
 * Receives an answer while it is generated: pieces of text, then exactly one of {@link #ended} and
 * {@link #failed}.
 */
public interface BackendListener {
    /**
     * The number of tokens of the prompt, where the back end learns it from the service that counts them. It comes
     * before the end, or not at all.
     */
    default void promptTokens(int tokens) {}

    /**
     * The next token with its log-probabilities, where the options ask for them. It comes before the
     * text that it completes. The prompt's tokens come first, where the options ask for theirs.
     */
    default void onToken(TokenChance token) {}

    /**
     * A control token of a call is a part of the text. Called before its text.
     *
     * @param at offset of its text in the answer, in UTF-16 units
     */
    default void onMark(long at) {}

    /** The next piece of text, never empty. All pieces together are the answer. */
    void onText(String piece);

    /**
     * The answer is complete.
     *
     * @param tokens number of tokens that the model generated, including an end token
     */
    void ended(FinishReason reason, int tokens);

    /** The answer cannot be completed. */
    void failed(Throwable problem);
}
