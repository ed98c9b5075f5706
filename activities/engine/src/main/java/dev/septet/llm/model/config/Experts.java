package dev.septet.llm.model.config;

/**
 * A mixture of experts: a router sends each token to the few feed-forward networks that it scores
 * highest, and their outputs are added, weighted by its softmax over those.
 *
 * @param count networks per layer
 * @param perToken how many of them see a token
 * @param lossCoefficient weight of the router's loss, which is least when all experts are used
 *     alike; 0 where config.json does not ask for it ({@code output_router_logits})
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
            throw new IllegalArgumentException("a model needs a router_aux_loss_coef from 0");
        }
    }

    /** The same without the router's loss. */
    Experts unbalanced() {
        return new Experts(count, perToken, 0);
    }
}
