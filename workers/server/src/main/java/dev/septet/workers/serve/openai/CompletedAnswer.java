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
 * @param filtered whether the text is a refusal in the place of an answer, because a guard refused the prompt or the
 *     answer
 */
public record CompletedAnswer(
        String text,
        FinishReason reason,
        int tokens,
        int promptTokens,
        @Nullable List<TokenChance> chances,
        List<ToolCall> calls,
        boolean filtered) {
    public CompletedAnswer {
        calls = List.copyOf(calls);
    }

    /** An answer that no guard refused. */
    public CompletedAnswer(
            String text,
            FinishReason reason,
            int tokens,
            int promptTokens,
            @Nullable List<TokenChance> chances,
            List<ToolCall> calls) {
        this(text, reason, tokens, promptTokens, chances, calls, false);
    }

    /** A refusal in the place of this answer. */
    public CompletedAnswer refused(String refusal) {
        return new CompletedAnswer(refusal, FinishReason.STOP, tokens, promptTokens, null, List.of(), true);
    }

    /** This answer as one that nobody got. */
    public CompletedAnswer withheld() {
        return new CompletedAnswer("", FinishReason.CANCELLED, 0, promptTokens, null, List.of(), false);
    }

    /** The value of {@code finish_reason} for clients. */
    public String finish() {
        return filtered ? "content_filter" : finish(reason, !calls.isEmpty());
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
