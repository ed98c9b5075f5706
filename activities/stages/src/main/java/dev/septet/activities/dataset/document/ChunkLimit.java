package dev.septet.activities.dataset.document;

/**
 * The size of chunks.
 *
 * @param tokens the largest number of tokens in a row, with its begin and end token
 * @param overlap the largest number of tokens that a row repeats of the row before it
 */
public record ChunkLimit(int tokens, int overlap, TextTokens measure) {
    /** Number of tokens that the text of a row may have. */
    int budget() {
        return Math.max(1, tokens - measure.around());
    }
}
