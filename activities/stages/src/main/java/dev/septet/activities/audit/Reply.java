package dev.septet.activities.audit;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a request.
 *
 * @param answer null when there is none, and when texts are not kept
 * @param length characters (code points) of the answer, kept even when texts are not
 * @param finish the finish reason: {@code stop}, {@code length}, {@code error}, {@code cancelled}
 * @param promptTokens number of prompt tokens
 * @param answerTokens number of generated tokens
 * @param millis milliseconds from the request to the last token
 * @param refused whether the answer is a refusal (see {@link LogRefusals}); determined before the
 *     text is dropped
 * @param error one plain line when the request failed, else null
 */
public record Reply(
        @Nullable String answer,
        int length,
        String finish,
        int promptTokens,
        int answerTokens,
        long millis,
        boolean refused,
        @Nullable String error) {
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
                null);
    }

    /** A failed attempt, with its reason. */
    public static Reply failed(String error, int promptTokens, long millis) {
        return new Reply(null, 0, "error", promptTokens, 0, millis, false, error);
    }
}
