package dev.septet.activities.evaluate.votes;

import dev.septet.activities.store.Sha256;

/**
 * The answers of two models to one prompt.
 *
 * @param answer of the tuned model
 * @param other of the model that it is compared with
 */
public record AnswerPair(String prompt, String answer, String other) {
    /** Whether the answers are equal, which is a tie without a vote. */
    public boolean equal() {
        return answer.equals(other);
    }

    /** The pair as a reviewer sees it. */
    public BlindPair blind() {
        return BlindPair.of(prompt, answer, other);
    }

    /**
     * The score of the tuned model for a verdict.
     *
     * @param first digest of the answer in the first place
     * @return 1, 0.5 or 0
     */
    double score(Verdict verdict, String first) {
        boolean tuned = Sha256.of(answer).equals(first);
        return switch (verdict) {
            case FIRST -> tuned ? 1 : 0;
            case SECOND -> tuned ? 0 : 1;
            default -> 0.5;
        };
    }

    /** What a reviewer says about a pair. */
    public enum Verdict {
        /** The answer in the first place, on the left, is better. */
        FIRST,
        /** The answer in the second place, on the right, is better. */
        SECOND,
        /** Both are equally good. */
        TIE,
        /** The reviewer does not decide. */
        SKIP,
        /** The reviewer takes the last verdict on the pair back. */
        WITHDRAWN;

        /** Whether it is a vote, which counts. */
        public boolean counts() {
            return this == FIRST || this == SECOND || this == TIE;
        }
    }
}
