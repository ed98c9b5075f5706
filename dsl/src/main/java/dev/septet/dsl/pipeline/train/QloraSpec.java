package dev.septet.dsl.pipeline.train;

import java.util.List;

/**
 * QLoRA: LoRA beside a base model whose linear layers are held in 4 bits (NF4) during training. The adapter belongs to
 * the unquantized base model.
 *
 * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al., 2023</a>
 * @see LoraSpec the parameters
 */
public record QloraSpec(
        int rank, double alpha, double dropout, List<String> targets, LoraScaling scaling, double rateRatio)
        implements AdapterSpec {
    /** QLoRA with the matrices of this LoRA. */
    public QloraSpec(LoraSpec lora) {
        this(lora.rank(), lora.alpha(), lora.dropout(), lora.targets(), lora.scaling(), lora.rateRatio());
    }

    public QloraSpec {
        targets = new LoraSpec(rank, alpha, dropout, targets, scaling, rateRatio).targets();
    }

    @Override
    public LoraSpec adapter() {
        return new LoraSpec(rank, alpha, dropout, targets, scaling, rateRatio);
    }

    @Override
    public QloraSpec withRank(int other) {
        return new QloraSpec(adapter().withRank(other));
    }
}
