package dev.septet.activities.monitor.log;

import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as detectors look at it.
 *
 * @param prompt null when the log keeps no texts
 * @param promptLength characters (code points)
 * @param answerLength characters; null when no answer came or it is not known
 * @param refused whether the answer declines to answer; null when no answer came
 */
public record ObservedRequest(
        @Nullable String prompt,
        int promptLength,
        @Nullable Integer answerLength,
        @Nullable Boolean refused) {
    /** Of texts. */
    public static ObservedRequest of(String prompt, @Nullable String answer) {
        return new ObservedRequest(
                prompt,
                prompt.codePointCount(0, prompt.length()),
                answer == null ? null : answer.codePointCount(0, answer.length()),
                answer == null ? null : dev.septet.activities.audit.LogRefusals.isRefusal(answer));
    }
}
