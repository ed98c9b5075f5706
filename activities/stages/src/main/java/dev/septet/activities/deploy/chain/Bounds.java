package dev.septet.activities.deploy.chain;

import dev.septet.llm.gguf.GgufForm;

/**
 * Bounds of the differences between two forms of a model. ADR 14 has the measurements behind each.
 */
final class Bounds {
    /** Largest logit difference from reordered float32 sums, as a fraction of the logits' scale. */
    static final double FLOAT32_LOGITS = 1e-3;

    /**
     * Largest error of a merged weight, a float32 sum, as a fraction of its tensor's largest
     * weight.
     */
    static final double MERGED_WEIGHT = 1e-5;

    /**
     * Smallest logit difference that counts as an effect of an adapter, as a fraction of the
     * logits' scale.
     */
    static final double EFFECT = 1e-5;

    /**
     * Largest difference of a float32 loss now from its value in the evaluation, in nats per token.
     */
    static final double LOSS_FLOAT32 = 2e-3;

    /** The same bound when the evaluation computed in bfloat16. */
    static final double LOSS_BFLOAT16 = 0.1;

    /** Largest cost of merged weights in 16 bits, in nats per token: that of eight bits, which are coarser. */
    static final double ROUNDED_MERGE = 0.05;

    /** Rounding to the nearest value: half a step, plus a margin for the arithmetic here. */
    static final double HALF_STEPS = 1.001;

    /**
     * Float16 has 11 significant bits: a deep model's logits move by about 1/100 of their scale.
     */
    static final double F16_LOGITS = 2e-2;

    /**
     * Largest cost of eight bits in nats per token; llama.cpp's own Q8_0 models stay below 0.01.
     */
    private static final double Q8_DIVERGENCE = 0.05;

    /**
     * The same for Q4_K_M: 0.006 for the repository's own model; deeper models tolerate it less.
     */
    private static final double Q4_K_M_DIVERGENCE = 0.5;

    /** The same for Q4_0: 0.021 for that model. */
    private static final double Q4_0_DIVERGENCE = 1;

    /**
     * Largest cost of rounding as a multiple of the fine-tuning's effect: a higher cost makes it
     * pointless.
     */
    static final double OF_EFFECT = 1;

    /**
     * How much less likely an endpoint's token may be than the model's own choice, as a fraction of
     * the logits' scale: twice the logit error in float32, and in a file of 8 or 16 bits.
     */
    static final double CHOICE_EXACT = 2 * FLOAT32_LOGITS;

    static final double CHOICE_ROUNDED = 6e-2;

    private Bounds() {}

    /** Largest cost of a quantized form in nats per token. */
    static double divergence(GgufForm form) {
        return switch (form) {
            case Q4_0 -> Q4_0_DIVERGENCE;
            case Q4_K_M -> Q4_K_M_DIVERGENCE;
            default -> Q8_DIVERGENCE;
        };
    }
}
