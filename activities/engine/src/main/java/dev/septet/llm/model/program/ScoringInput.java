package dev.septet.llm.model.program;

import dev.septet.llm.model.config.ModelConfig;
import java.util.Locale;

/**
 * Tokens to append to a sequence, and tokens that may follow some of them.
 *
 * @param tokens at least one
 * @param at indexes in {@code tokens}, not decreasing; an index may occur several times
 * @param targets the token after each of these whose probability is requested
 */
@SuppressWarnings("ArrayRecordComponent") // columns of numbers; records are never compared
public record ScoringInput(KvCache sequence, int[] tokens, int[] at, int[] targets) {
    public ScoringInput {
        if (tokens.length == 0 || at.length != targets.length) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "%d tokens with %d places and %d targets", tokens.length, at.length, targets.length));
        }
    }

    void require(ModelConfig config) {
        for (int token : tokens) {
            config.requireToken(token);
        }
        for (int target : targets) {
            config.requireToken(target);
        }
        int length = sequence.length() + tokens.length;
        if (length > config.maxPositions()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "a sequence of %d tokens exceeds the model's context of %d",
                    length,
                    config.maxPositions()));
        }
    }
}
