package dev.septet.activities.evaluate.report;

import org.jspecify.annotations.Nullable;

/**
 * One held-out row as the report shows it.
 *
 * @param source file and line of the source that the row came from
 * @param before the base model's answer, null when it was not asked
 * @param after the tuned model's answer, null when no metric reads answers
 */
public record Sample(
        String source,
        String prompt,
        String reference,
        @Nullable String before,
        @Nullable String after) {
    /** Whether an answer is the reference, but for the space around. */
    public boolean right(@Nullable String answer) {
        return answer != null && answer.strip().equals(reference.strip());
    }
}
