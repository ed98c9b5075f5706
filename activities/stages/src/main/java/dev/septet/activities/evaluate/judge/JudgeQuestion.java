package dev.septet.activities.evaluate.judge;

import org.jspecify.annotations.Nullable;

/**
 * What a judge reads. All texts may be hostile.
 *
 * @param question the prompt of the row; with a claim, without the context, and empty when nothing else is in it
 * @param expected the reference answer; null = none
 * @param answer the answer to judge, or the first one of a pair
 * @param second the second answer of a pair; null for one answer
 * @param claim the sentence to judge instead of the whole answer; null for none
 */
public record JudgeQuestion(
        String question,
        @Nullable String expected,
        String answer,
        @Nullable String second,
        @Nullable Claim claim) {
    /** A sentence of the answer, and the context that must support it. */
    public record Claim(String context, String sentence) {}

    /** About whole answers. */
    public JudgeQuestion(String question, @Nullable String expected, String answer, @Nullable String second) {
        this(question, expected, answer, second, null);
    }

    /**
     * About a sentence of an answer.
     *
     * @param question the prompt without the context; may be empty
     */
    public static JudgeQuestion ofSentence(String context, String question, String answer, String sentence) {
        return new JudgeQuestion(question, null, answer, null, new Claim(context, sentence));
    }

    /** The same pair in the other order. */
    JudgeQuestion swapped() {
        if (second == null) {
            throw new IllegalStateException("one answer has no order");
        }
        return new JudgeQuestion(question, expected, second, answer);
    }
}
