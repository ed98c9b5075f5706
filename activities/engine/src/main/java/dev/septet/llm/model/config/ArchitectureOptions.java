package dev.septet.llm.model.config;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The features by which a model family differs from a Llama within the same decoder.
 *
 * @param inputBias whether the query, key and value projections have a bias
 * @param outputBias whether attention's output projection has a bias
 * @param feedForwardBias whether the gate, up and down projections have a bias
 * @param queryKeyNorm whether each head's query and key are normalized before rotation
 * @param sandwichNorms whether a sublayer's output is also normalized before it is added to the
 *     residual stream
 * @param offsetNorms whether norms multiply by 1 + w instead of w
 * @param gate activation function of the feed-forward network
 * @param attentionCap soft cap c in c tanh(score / c) before attention's softmax; 0 for no cap
 * @param outputCap soft cap c in c tanh(logit / c) of the model's output; 0 for no cap
 * @param embeddingScale factor of the embeddings
 * @param queryScalar attention scores are divided by its square root; the head size in most
 *     families
 * @param localRopeTheta RoPE base of {@link LayerAttention.Rotation#LOCAL} rotations
 * @param attention one per layer
 * @param experts null when each layer has one feed-forward network
 * @see <a href="https://arxiv.org/abs/2408.00118">Gemma 2, 2024</a>
 * @see <a href="https://arxiv.org/abs/2503.19786">Gemma 3, 2025</a>
 * @see <a href="https://arxiv.org/abs/2505.09388">Qwen3, 2025</a>
 */
public record ArchitectureOptions(
        boolean inputBias,
        boolean outputBias,
        boolean feedForwardBias,
        boolean queryKeyNorm,
        boolean sandwichNorms,
        boolean offsetNorms,
        ExpertGate gate,
        double attentionCap,
        double outputCap,
        double embeddingScale,
        double queryScalar,
        double localRopeTheta,
        List<LayerAttention> attention,
        @Nullable Experts experts) {

    public ArchitectureOptions {
        attention = List.copyOf(attention);
        if (attentionCap < 0 || outputCap < 0 || embeddingScale <= 0 || queryScalar <= 0) {
            throw new IllegalArgumentException(
                    "a model needs a query_pre_attn_scalar above 0, and caps of logits above 0 or" + " none");
        }
    }

    /** The options of a Llama. */
    static ArchitectureOptions plain(int layers, int headSize) {
        return new ArchitectureOptions(
                false,
                false,
                false,
                false,
                false,
                false,
                ExpertGate.SILU,
                0,
                0,
                1,
                headSize,
                10_000,
                Collections.nCopies(layers, LayerAttention.FULL),
                null);
    }

    /** These options without the router's auxiliary loss. */
    ArchitectureOptions unbalanced() {
        return experts == null ? this : with(localRopeTheta, attention, experts.unbalanced());
    }

    /** Whether these options compute the same as a Llama's on rows of at most {@code tokens} tokens. */
    boolean isPlain(int headSize, int tokens) {
        boolean uniform = attention.stream()
                .allMatch(layer -> !layer.isLocal(tokens) && layer.rotation() == LayerAttention.Rotation.MAIN);
        ArchitectureOptions plain = plain(attention.size(), headSize);
        return uniform
                && with(plain.localRopeTheta(), plain.attention(), experts).equals(plain);
    }

    private ArchitectureOptions with(double theta, List<LayerAttention> layers, @Nullable Experts mixture) {
        return new ArchitectureOptions(
                inputBias,
                outputBias,
                feedForwardBias,
                queryKeyNorm,
                sandwichNorms,
                offsetNorms,
                gate,
                attentionCap,
                outputCap,
                embeddingScale,
                queryScalar,
                theta,
                layers,
                mixture);
    }
}
