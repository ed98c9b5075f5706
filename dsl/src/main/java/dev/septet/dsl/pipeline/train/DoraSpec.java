package dev.septet.dsl.pipeline.train;

import java.util.List;

/**
 * Weight-decomposed low-rank adaptation (DoRA): as LoRA, but trains the magnitude of each row of a layer's matrix
 * separately from its direction.
 *
 * @see <a href="https://arxiv.org/abs/2402.09353">Liu et al., 2024</a>
 * @see LoraSpec the parameters
 */
public record DoraSpec(
        int rank, double alpha, double dropout, List<String> targets, LoraScaling scaling, double rateRatio)
        implements AdapterSpec {
    /** DoRA with the matrices of this LoRA. */
    public DoraSpec(LoraSpec lora) {
        this(lora.rank(), lora.alpha(), lora.dropout(), lora.targets(), lora.scaling(), lora.rateRatio());
    }

    public DoraSpec {
        targets = new LoraSpec(rank, alpha, dropout, targets, scaling, rateRatio).targets();
    }

    @Override
    public LoraSpec adapter() {
        return new LoraSpec(rank, alpha, dropout, targets, scaling, rateRatio);
    }

    @Override
    public DoraSpec withRank(int other) {
        return new DoraSpec(adapter().withRank(other));
    }
}
