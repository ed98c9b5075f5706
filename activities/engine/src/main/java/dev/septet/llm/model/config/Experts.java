package dev.septet.llm.model.config;

/**
 * A mixture of experts. A router sends each token to the few feed-forward networks with the highest
 * router scores. Their outputs are added, weighted by the softmax over the chosen scores.
 *
 * @param count experts per layer
 * @param perToken number of experts that process a token
 * @param lossCoefficient weight of the router's auxiliary loss, which is lowest when all experts
 *     are used equally; 0 when config.json does not enable it ({@code output_router_logits})
 * @see <a href="https://arxiv.org/abs/2401.04088">Jiang et al., 2024</a>
 * @see <a href="https://arxiv.org/abs/2101.03961">Fedus et al., 2021, on the router's loss</a>
 */
public record Experts(int count, int perToken, double lossCoefficient) {
    public Experts {
        SizeBounds.experts(count);
        if (perToken < 1 || count < perToken) {
            throw new IllegalArgumentException("a model needs num_experts_per_tok from 1 to num_local_experts");
        }
        if (lossCoefficient < 0) {
            throw new IllegalArgumentException("a model needs a router_aux_loss_coef of at least 0");
        }
    }

    /** These experts without the router's auxiliary loss. */
    Experts unbalanced() {
        return new Experts(count, perToken, 0);
    }
}
