package dev.septet.workers.serve.openai;

import dev.septet.llm.generate.sampling.FinishReason;

/**
 * A complete answer.
 *
 * @param text the answer's text without the stop text
 * @param tokens number of tokens that the model generated
 */
public record CompletedAnswer(String text, FinishReason reason, int tokens) {
    /** The value of {@code finish_reason} for clients. */
    public static String word(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "length" : "stop";
    }
}
