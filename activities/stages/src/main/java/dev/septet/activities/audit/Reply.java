package dev.septet.activities.audit;

import org.jspecify.annotations.Nullable;

/**
 * What came back.
 *
 * @param answer null when none came, and when no text is kept
 * @param length characters (code points) of the answer, kept also without the text
 * @param finish why it ended: {@code stop}, {@code length}, {@code error}, {@code cancelled}
 * @param promptTokens tokens read
 * @param answerTokens tokens made
 * @param millis from the request to the last token
 * @param refused whether the answer declines to answer (see {@link LogRefusals}); set when the text is
 *     still there
 * @param error one plain line when it failed, else null
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

    /** An attempt that failed, and why. */
    public static Reply failed(String error, int promptTokens, long millis) {
        return new Reply(null, 0, "error", promptTokens, 0, millis, false, error);
    }
}
