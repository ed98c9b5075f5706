package dev.septet.llm.generate.sampling;

import java.util.Arrays;

/**
 * Guesses how a text goes on from what it says already: where the last few tokens stood before, it
 * may go on as it did there. Answers that quote their prompt are guessed well, and a wrong guess
 * costs little. A guess counts only where it is the token that is chosen anyway, so that answers
 * stay what they are: with greedy choice, and with draws too, since a draw is a function of the
 * scores, the seed and the place.
 *
 * @see <a href="https://arxiv.org/abs/2211.17192">Leviathan et al., 2022</a>, for checking guesses
 *     in one pass; <a href="https://github.com/apoorvumang/prompt-lookup-decoding">Saxena,
 *     2023</a>, for guessing from the prompt
 */
public final class PromptLookupDecoding {
    /** Tokens that must match: with fewer, most guesses are wrong. */
    private static final int LONGEST_MATCH = 4;

    private static final int SHORTEST_MATCH = 2;

    private PromptLookupDecoding() {}

    /**
     * What followed the last occurrence of the longest matching end.
     *
     * @param tokens the text; only the first {@code count} matter
     * @param most tokens to guess
     * @return up to {@code most} tokens, none where the end is new
     */
    public static int[] draft(int[] tokens, int count, int most) {
        for (int match = LONGEST_MATCH; match >= SHORTEST_MATCH && most > 0; match--) {
            for (int end = count - 1; end >= match; end--) {
                if (Arrays.equals(tokens, end - match, end, tokens, count - match, count)) {
                    return Arrays.copyOfRange(tokens, end, Math.min(count, end + most));
                }
            }
        }
        return new int[0];
    }
}
