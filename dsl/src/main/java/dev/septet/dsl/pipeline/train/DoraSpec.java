package dev.septet.dsl.pipeline.train;

import java.util.List;

/**
 * Weight-decomposed low-rank adaptation: as LoRA, and the length of each row of a layer's matrix is
 * trained apart from its direction.
 *
 * @see <a href="https://arxiv.org/abs/2402.09353">Liu et al., 2024</a>
 * @see LoraSpec the parameters
 */
public record DoraSpec(
        int rank, double alpha, double dropout, List<String> targets, LoraScaling scaling, double rateRatio)
        implements AdapterSpec {
    /** The same matrices as LoRA's. */
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
}
