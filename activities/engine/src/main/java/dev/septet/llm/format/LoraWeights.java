package dev.septet.llm.format;

import org.jspecify.annotations.Nullable;

/**
 * The adapter of one linear layer: h = W0 x + scale B A x.
 *
 * @param module name of the layer, such as {@code model.layers.0.self_attn.q_proj}
 * @param a (rank, in)
 * @param b (out, rank)
 * @param magnitude (out) with DoRA, else null
 * @param scale alpha / rank, or alpha / sqrt(rank)
 */
public record LoraWeights(
        String module,
        StoredTensor a,
        StoredTensor b,
        @Nullable StoredTensor magnitude,
        double scale) {

    /** Inner size of the product. */
    public int rank() {
        return (int) a.shape().get(0);
    }
}
