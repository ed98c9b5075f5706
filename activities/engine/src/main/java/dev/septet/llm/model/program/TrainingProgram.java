package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/**
 * Losses and gradients of a model that is being trained. Programs differ in what they can train and
 * in how fast they are, not in what they compute: their gradients are equal but for rounding.
 */
public sealed interface TrainingProgram permits AutogradProgram, FusedLoraProgram, FusedWeightProgram {
    /** Name in ledgers and checkpoints: two programs end in other last bits. */
    String name();

    /** What an optimizer updates: float32 tensors that require gradients. */
    Map<String, NDArray> leaves();

    /**
     * The parameters as files name them, or something that is kept for each, such as its moments.
     *
     * @param tensors of the shapes of {@link #leaves()}, by their names plus a suffix
     * @param suffixes of names, each given for all leaves
     * @return parts of {@code tensors}, in the same memory, by the parameters' names plus a suffix
     */
    Map<String, NDArray> parts(NDManager scope, Map<String, NDArray> tensors, List<String> suffixes);

    /**
     * Adds the gradients of (sum of -log p(target)) / total to those of all leaves.
     *
     * @param dropoutKeys (N) int64, one per token; (0) for no dropout
     * @param total number that the sum is divided by: loss-carrying tokens of the whole step
     * @param recompute whether each block's activations are computed anew when its gradients are
     *     due, instead of kept: the same bits with less memory in more time
     * @return the sum itself, in nats
     */
    default double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total, boolean recompute) {
        return backward(scope, batch, AnswerPairs.NONE, dropoutKeys, total, recompute)
                .loss();
    }

    /**
     * The same for (sum of the pairs' losses) / total; see {@link AnswerPairs}.
     *
     * @param total number that the sum is divided by: pairs of the whole step
     */
    AnswerPairs.Judged backward(
            NDManager scope, TokenBatch batch, AnswerPairs pairs, NDArray dropoutKeys, double total, boolean recompute);

    /** Natural log of each target's probability: (M) float32. */
    NDArray logProbabilities(NDManager scope, TokenBatch batch);
}
