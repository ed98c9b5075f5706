package dev.septet.activities.evaluate.judge;

import org.jspecify.annotations.Nullable;

/**
 * What a judge reads. All texts may be hostile.
 *
 * @param question the prompt of the row
 * @param expected the reference answer; null = none
 * @param answer the answer to judge, or the first one of a pair
 * @param second the second answer of a pair; null for one answer
 */
public record JudgeQuestion(
        String question,
        @Nullable String expected,
        String answer,
        @Nullable String second) {
    /** The same pair in the other order. */
    JudgeQuestion swapped() {
        if (second == null) {
            throw new IllegalStateException("one answer has no order");
        }
        return new JudgeQuestion(question, expected, second, answer);
    }
}
