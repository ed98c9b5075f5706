package dev.septet.workers.serve.openai;

import dev.septet.llm.generate.sampling.FinishReason;

/**
 * A complete answer.
 *
 * @param text without the text that stopped it
 * @param tokens how many the model wrote
 */
public record CompletedAnswer(String text, FinishReason reason, int tokens) {
    /** {@code finish_reason} as clients know it. */
    public static String word(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "length" : "stop";
    }
}
