package dev.septet.activities.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request.
 *
 * @param answer null when there is none, and when texts are not kept
 * @param length characters (code points) of the answer and of the arguments of its calls, kept even
 *     when texts are not
 * @param finish the finish reason: {@code stop}, {@code length}, {@code tool_calls}, {@code content_filter},
 *     {@code error}, {@code cancelled}
 * @param promptTokens number of prompt tokens
 * @param answerTokens number of generated tokens
 * @param millis milliseconds from the request to the last token
 * @param refused whether the answer is a refusal (see {@link LogRefusals}), or a guard refused; determined
 *     before the text is dropped
 * @param error one plain line when the request failed, else null
 * @param calls the tools that the answer calls; null for none, and when texts are not kept
 */
public record Reply(
        @Nullable String answer,
        int length,
        String finish,
        int promptTokens,
        int answerTokens,
        long millis,
        boolean refused,
        @Nullable String error,
        @Nullable List<AuditedCall> calls) {
    public Reply {
        calls = calls == null ? null : List.copyOf(calls);
    }

    /** A whole answer. */
    public static Reply of(String answer, String finish, int promptTokens, int answerTokens, long millis) {
        return new Reply(
                answer,
                AuditedQuestion.characters(answer),
                finish,
                promptTokens,
                answerTokens,
                millis,
                LogRefusals.isRefusal(answer),
                null,
                null);
    }

    /** This answer, with the tools that it calls. */
    public Reply calling(List<AuditedCall> called) {
        int arguments = called.stream()
                .mapToInt(call -> AuditedQuestion.characters(call.arguments()))
                .sum();
        return new Reply(
                answer, length + arguments, finish, promptTokens, answerTokens, millis, refused, error, called);
    }

    /** This answer, as one with which a guard refuses. */
    public Reply refusing() {
        return new Reply(answer, length, finish, promptTokens, answerTokens, millis, true, error, calls);
    }

    /** A failed attempt, with its reason. */
    public static Reply failed(String error, int promptTokens, long millis) {
        return new Reply(null, 0, "error", promptTokens, 0, millis, false, error, null);
    }
}
