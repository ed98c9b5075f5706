package dev.septet.activities.evaluate.report;

import org.jspecify.annotations.Nullable;

/**
 * One held-out row in the report.
 *
 * @param source file and line of the row in its source
 * @param reference the reference answer; of a pair the chosen one
 * @param before the base model's answer, null when it was not generated
 * @param after the tuned model's answer, null when no metric reads answers
 * @param rejected a pair's rejected answer, null when the row is not a pair
 */
public record Sample(
        String source,
        String prompt,
        String reference,
        @Nullable String before,
        @Nullable String after,
        @Nullable RejectedAnswer rejected) {
    /** A sample of a row with one answer. */
    public Sample(String source, String prompt, String reference, @Nullable String before, @Nullable String after) {
        this(source, prompt, reference, before, after, null);
    }

    /**
     * Whether the tuned model gets the row wrong: it gives another answer, or does not prefer the
     * chosen answer of a pair.
     */
    public boolean missed() {
        return rejected == null ? after != null && !right(after) : !rejected.prefersChosen();
    }

    /** Whether an answer equals the reference, without leading and trailing white space. */
    public boolean right(@Nullable String answer) {
        return answer != null && answer.strip().equals(reference.strip());
    }
}
