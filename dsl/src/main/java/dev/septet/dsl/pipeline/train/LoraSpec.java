package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank adaptation (LoRA): h = W0 x + s B A x, with W0 frozen and s = alpha / rank, or alpha / sqrt(rank) when
 * rank-stabilized.
 *
 * @param targets names of the adapted linear layers, such as {@code q_proj}
 * @param scaling the divisor of alpha; plain when an older request omits it
 * @param rateRatio B's learning rate as a multiple of A's, from 1; 1 when an older request omits it
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., 2021</a>
 * @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski, 2023 (rsLoRA)</a>
 * @see <a href="https://arxiv.org/abs/2402.12354">Hayou et al., 2024 (LoRA+)</a>
 */
public record LoraSpec(
        int rank, double alpha, double dropout, List<String> targets, LoraScaling scaling, double rateRatio)
        implements AdapterSpec {
    public static final int DEFAULT_RANK = 16;
    public static final double DEFAULT_DROPOUT = 0;

    /** Every linear layer of a decoder block. */
    public static final List<String> ALL_LINEAR =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    public LoraSpec(
            int rank,
            double alpha,
            double dropout,
            List<String> targets,
            @Nullable LoraScaling scaling,
            double rateRatio) {
        require(rank >= 1 && rank <= 1024, "rank must be from 1 to 1024, got %s", rank);
        require(alpha > 0, "alpha must be above 0, got %s", alpha);
        require(dropout >= 0 && dropout < 1, "dropout must be from 0 to below 1, got %s", dropout);
        require(!targets.isEmpty(), "targets needs at least one layer name");
        for (String target : targets) {
            require(ALL_LINEAR.contains(target), "targets takes %s, got '%s'", String.join(", ", ALL_LINEAR), target);
        }
        require(rateRatio == 0 || rateRatio >= 1, "rateRatio must be at least 1, got %s", rateRatio);
        this.rank = rank;
        this.alpha = alpha;
        this.dropout = dropout;
        this.targets = List.copyOf(targets);
        this.scaling = scaling == null ? LoraScaling.PLAIN : scaling;
        this.rateRatio = rateRatio == 0 ? 1 : rateRatio;
    }

    /** LoRA with plain scaling and one learning rate. */
    public LoraSpec(int rank, double alpha, double dropout, List<String> targets) {
        this(rank, alpha, dropout, targets, LoraScaling.PLAIN, 1);
    }

    /** LoRA with all defaults, as {@code method lora()} declares it. */
    public static LoraSpec standard() {
        return new LoraSpec(DEFAULT_RANK, 2 * DEFAULT_RANK, DEFAULT_DROPOUT, ALL_LINEAR);
    }

    @Override
    public LoraSpec adapter() {
        return this;
    }

    @Override
    public LoraSpec withRank(int other) {
        double ratio = other / (double) rank;
        double scaled = alpha * (scaling == LoraScaling.RANK_STABILIZED ? Math.sqrt(ratio) : ratio);
        return new LoraSpec(other, scaled, dropout, targets, scaling, rateRatio);
    }
}
