package dev.septet.llm.model.program;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoadedAdapter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tokens to append to a sequence.
 *
 * @param sequence the sequence to append to
 * @param tokens at least one
 * @param outputs number of last tokens whose next token is requested; 0 for none
 * @param scores whether to return all logits, not only the highest
 * @param adapter adapter of the sequence, the same in every call; null for the model as opened
 */
@SuppressWarnings("ArrayRecordComponent") // a column of numbers; records are never compared
public record DecodingInput(
        KvCache sequence,
        int[] tokens,
        int outputs,
        boolean scores,
        @Nullable LoadedAdapter adapter) {

    public DecodingInput {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a sequence needs at least 1 token to continue");
        }
        if (outputs < 0 || outputs > tokens.length) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%d tokens cannot give %d predictions", tokens.length, outputs));
        }
    }

    void require(ModelConfig config) {
        for (int token : tokens) {
            config.requireToken(token);
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
