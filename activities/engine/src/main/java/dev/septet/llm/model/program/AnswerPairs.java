package dev.septet.llm.model.program;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The inputs of the DPO (direct preference optimization) loss for a batch. Its rows alternate
 * between the chosen and the rejected answer of a question.
 *
 * <p>A row's reward is {@code r = beta (log p(answer) - log p_reference(answer))}. A pair's loss is
 * {@code -log sigmoid(r(chosen) - r(rejected))}. The program is the resource {@code preference.py}.
 *
 * @param tokens number of loss-carrying tokens of each row
 * @param reference log-probability of each row's answer under the reference model, which is the
 *     model before training
 * @param beta strength of the penalty for leaving the reference model
 * @see <a href="https://arxiv.org/abs/2305.18290">Rafailov et al., 2023</a>
 */
@SuppressWarnings("ArrayRecordComponent") // arrays match the program's arguments; records are never compared
public record AnswerPairs(long[] tokens, double[] reference, double beta) {
    /** No pairs: the loss is the cross-entropy of each token. */
    static final AnswerPairs NONE = new AnswerPairs(new long[0], new double[0], 0);

    public AnswerPairs {
        if (tokens.length != reference.length || tokens.length % 2 != 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "expected an even number of rows and a reference log-probability for each, got %d rows and %d values",
                    tokens.length,
                    reference.length));
        }
    }

    /**
     * The losses and rewards of a batch of pairs.
     *
     * @param loss sum over the pairs
     * @param rewards one per row, in row order
     */
    public record Judged(double loss, double[] rewards) {
        static Judged of(double[] losses) {
            return new Judged(losses[0], Arrays.copyOfRange(losses, 1, losses.length));
        }
    }

    /** The program's {@code pairs} argument; empty when there are no pairs. */
    TensorList tensors(NDManager scope) {
        return TensorList.of(
                scope, tokens.length == 0 ? List.of() : List.of(scope.create(tokens), scope.create(reference)));
    }

    static ScriptSource source() {
        return ScriptSource.read(AnswerPairs.class, "preference.py", "Pairs", Map.of());
    }
}
