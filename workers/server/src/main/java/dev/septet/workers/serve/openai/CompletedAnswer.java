package dev.septet.workers.serve.openai;

import dev.septet.llm.generate.sampling.FinishReason;

/**
 * A complete answer.
 *
 * @param text the answer's text without the stop text
 * @param tokens number of tokens that the model generated
 * @param promptTokens tokens of its prompt as a service counted them; 0 where Septet counted them
 */
public record CompletedAnswer(String text, FinishReason reason, int tokens, int promptTokens) {
    /** The value of {@code finish_reason} for clients. */
    public static String word(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "length" : "stop";
    }
}
