package dev.septet.activities.monitor.log;

import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, for detectors.
 *
 * @param prompt null when the log keeps no texts
 * @param promptLength characters (code points)
 * @param answerLength characters; null when there is no answer or its length is unknown
 * @param refused whether the answer is a refusal; null when there is no answer
 */
public record ObservedRequest(
        @Nullable String prompt,
        int promptLength,
        @Nullable Integer answerLength,
        @Nullable Boolean refused) {
    /** A request with texts. */
    public static ObservedRequest of(String prompt, @Nullable String answer) {
        return new ObservedRequest(
                prompt,
                prompt.codePointCount(0, prompt.length()),
                answer == null ? null : answer.codePointCount(0, answer.length()),
                answer == null ? null : dev.septet.activities.audit.LogRefusals.isRefusal(answer));
    }
}
