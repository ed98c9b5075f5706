package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;

/**
 * Computes losses and gradients of a model being trained. Programs differ in what they can train
 * and in speed. Their gradients are equal except for rounding.
 */
public sealed interface TrainingProgram permits AutogradProgram, FusedLoraProgram, FusedWeightProgram {
    /** Identity in ledgers and checkpoints, because two programs differ in the last bits; see {@link ProgramRevision}. */
    String name();

    /** The tensors that an optimizer updates: float32 tensors that require gradients. */
    Map<String, NDArray> leaves();

    /**
     * Views of the parameters, or of per-parameter values such as optimizer moments, under the
     * names that files use.
     *
     * @param tensors of the shapes of {@link #leaves()}, by their names plus a suffix
     * @param suffixes suffixes of names, each present for all leaves
     * @return parts of {@code tensors} in the same memory, by the parameters' names plus a suffix
     */
    Map<String, NDArray> parts(NDManager scope, Map<String, NDArray> tensors, List<String> suffixes);

    /**
     * Adds the gradients of (sum of -log p(target)) / total to the gradients of all leaves.
     *
     * @param dropoutKeys (N) int64, one per token; (0) for no dropout
     * @param total divisor of the sum: the number of loss-carrying tokens in the whole step
     * @param recompute whether to recompute each block's activations in the backward pass (gradient
     *     checkpointing): the same bits with less memory in more time
     * @return the sum itself, in nats
     */
    default double backward(NDManager scope, TokenBatch batch, NDArray dropoutKeys, double total, boolean recompute) {
        return backward(scope, batch, AnswerPairs.NONE, dropoutKeys, total, recompute)
                .loss();
    }

    /**
     * Adds the gradients of (sum of the pairs' losses) / total; see {@link AnswerPairs}.
     *
     * @param total divisor of the sum: the number of pairs in the whole step
     */
    AnswerPairs.Judged backward(
            NDManager scope, TokenBatch batch, AnswerPairs pairs, NDArray dropoutKeys, double total, boolean recompute);

    /** Natural log of each target's probability: (M) float32. */
    NDArray logProbabilities(NDManager scope, TokenBatch batch);
}
