package dev.septet.llm.model.program;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What direct preference optimisation needs to know of a batch whose rows are the chosen and the
 * rejected answer of a question, pair after pair. A row's reward is {@code r = beta (log p(answer)
 * - log p_start(answer))}, a pair's loss {@code -log sigmoid(r(chosen) - r(rejected))}; the program
 * is the resource {@code preference.py}.
 *
 * @param tokens how many tokens of each row carry loss
 * @param reference log-probability of each row's answer under the model that training began with
 * @param beta how much a change of the log-probability counts
 * @see <a href="https://arxiv.org/abs/2305.18290">Rafailov et al., 2023</a>
 */
@SuppressWarnings("ArrayRecordComponent") // as the program takes it; compared by nobody
public record AnswerPairs(long[] tokens, double[] reference, double beta) {
    /** No pairs: each token is its own matter. */
    static final AnswerPairs NONE = new AnswerPairs(new long[0], new double[0], 0);

    public AnswerPairs {
        if (tokens.length != reference.length || tokens.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "%d rows with %d references are not pairs".formatted(tokens.length, reference.length));
        }
    }

    /**
     * How pairs fared.
     *
     * @param loss sum over the pairs
     * @param rewards of the rows, in their order
     */
    public record Judged(double loss, double[] rewards) {
        static Judged of(double[] losses) {
            return new Judged(losses[0], Arrays.copyOfRange(losses, 1, losses.length));
        }
    }

    /** As the program takes them. */
    TensorList tensors(NDManager scope) {
        return TensorList.of(
                scope, tokens.length == 0 ? List.of() : List.of(scope.create(tokens), scope.create(reference)));
    }

    static ScriptSource source() {
        return ScriptSource.read(AnswerPairs.class, "preference.py", "Pairs", Map.of());
    }
}
