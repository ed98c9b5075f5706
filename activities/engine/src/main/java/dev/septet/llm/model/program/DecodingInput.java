package dev.septet.llm.model.program;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoadedAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Tokens to append to a sequence.
 *
 * @param sequence what they are appended to
 * @param tokens at least one
 * @param wanted of how many of the last tokens the successor is asked for; 0 = of none
 * @param scores whether the scores of all successors are asked for, not only the best
 * @param adapter what the sequence is computed with, always the same; null = the model as opened
 */
@SuppressWarnings("ArrayRecordComponent") // a column of numbers, compared by nobody
public record DecodingInput(
        KvCache sequence,
        int[] tokens,
        int wanted,
        boolean scores,
        @Nullable LoadedAdapter adapter) {

    public DecodingInput {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a sequence needs at least 1 token to continue");
        }
        if (wanted < 0 || wanted > tokens.length) {
            throw new IllegalArgumentException("%d tokens have no %d successors".formatted(tokens.length, wanted));
        }
    }

    void require(ModelConfig config) {
        for (int token : tokens) {
            config.requireToken(token);
        }
        int length = sequence.length() + tokens.length;
        if (length > config.maxPositions()) {
            throw new IllegalArgumentException("a sequence of %d tokens outgrows the model's context of %d"
                    .formatted(length, config.maxPositions()));
        }
    }
}
