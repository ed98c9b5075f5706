package dev.septet.llm.generate.sampling;

import java.util.Arrays;

/**
 * Prompt lookup decoding: drafts the tokens that followed the last earlier occurrence of the text's
 * last few tokens. Drafts are often right when an answer quotes its prompt, and a wrong draft costs
 * little.
 *
 * <p>A drafted token is accepted only if it is the token that would be chosen anyway, so answers do
 * not change. This holds for greedy decoding and for sampling, because a sample is a function of
 * the logits, the seed and the position.
 *
 * @see <a href="https://arxiv.org/abs/2211.17192">Leviathan et al., 2022</a>, for verifying drafts
 *     in one pass; <a href="https://github.com/apoorvumang/prompt-lookup-decoding">Saxena,
 *     2023</a>, for drafting from the prompt
 */
public final class PromptLookupDecoding {
    /** Number of last tokens that must match an earlier occurrence: with fewer, most drafts are wrong. */
    private static final int LONGEST_MATCH = 4;

    private static final int SHORTEST_MATCH = 2;

    private PromptLookupDecoding() {}

    /**
     * The tokens after the last earlier occurrence of the text's longest matching suffix.
     *
     * @param tokens the text; only the first {@code count} are used
     * @param max maximum number of tokens to draft
     * @return at most {@code max} tokens; empty if the suffix has no earlier occurrence
     */
    public static int[] draft(int[] tokens, int count, int max) {
        for (int match = LONGEST_MATCH; match >= SHORTEST_MATCH && max > 0; match--) {
            for (int end = count - 1; end >= match; end--) {
                if (Arrays.equals(tokens, end - match, end, tokens, count - match, count)) {
                    return Arrays.copyOfRange(tokens, end, Math.min(count, end + max));
                }
            }
        }
        return new int[0];
    }
}
