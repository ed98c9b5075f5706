package dev.septet.workers.serve.openai;

import dev.septet.llm.generate.sampling.FinishReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A complete answer.
 *
 * @param text the answer's text without the stop text
 * @param tokens number of tokens that the model generated
 * @param promptTokens tokens of its prompt as a service counted them; 0 where Septet counted them
 * @param chances the answer's tokens with their log-probabilities; null where the request has none
 * @param calls the functions that the model calls
 */
public record CompletedAnswer(
        String text,
        FinishReason reason,
        int tokens,
        int promptTokens,
        @Nullable List<TokenChance> chances,
        List<ToolCall> calls) {
    public CompletedAnswer {
        calls = List.copyOf(calls);
    }

    /** The value of {@code finish_reason} for clients. */
    public String finish() {
        return finish(reason, !calls.isEmpty());
    }

    /**
     * The value of {@code finish_reason} for clients.
     *
     * @param calls whether the answer has calls
     */
    public static String finish(FinishReason reason, boolean calls) {
        if (reason == FinishReason.LENGTH) {
            return "length";
        }
        return calls ? "tool_calls" : "stop";
    }
}
