package dev.septet.activities.evaluate.report;

import org.jspecify.annotations.Nullable;

/**
 * One held-out row as the report shows it.
 *
 * @param source file and line of the source that the row came from
 * @param reference the answer to give; of a pair the chosen one
 * @param before the base model's answer, null when it was not asked
 * @param after the tuned model's answer, null when no metric reads answers
 * @param rejected a pair's other answer, null where the row is no pair
 */
public record Sample(
        String source,
        String prompt,
        String reference,
        @Nullable String before,
        @Nullable String after,
        @Nullable RejectedAnswer rejected) {
    /** Of a row with one answer. */
    public Sample(String source, String prompt, String reference, @Nullable String before, @Nullable String after) {
        this(source, prompt, reference, before, after, null);
    }

    /**
     * Whether the tuned model has not learned the row: it writes another answer, or does not prefer
     * the chosen one of a pair.
     */
    public boolean missed() {
        return rejected == null ? after != null && !right(after) : !rejected.overcome();
    }

    /** Whether an answer is the reference, but for the space around. */
    public boolean right(@Nullable String answer) {
        return answer != null && answer.strip().equals(reference.strip());
    }
}
