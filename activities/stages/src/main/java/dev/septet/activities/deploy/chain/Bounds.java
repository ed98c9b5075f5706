package dev.septet.activities.deploy.chain;

import dev.septet.llm.gguf.GgufForm;

/** How far two forms of a model may be apart; ADR 14 has the measurements behind each. */
final class Bounds {
    /** Difference of a logit, as a share of their scale, that reordered float32 sums may make. */
    static final double FLOAT32_LOGITS = 1e-3;

    /** A merged weight is a float32 sum; of its tensor's largest weight. */
    static final double MERGED_WEIGHT = 1e-5;

    /**
     * What an adapter must move a logit by, as a share of their scale, to be said to do anything.
     */
    static final double EFFECT = 1e-5;

    /** Nats per token between a loss now and when evaluation measured it, in float32. */
    static final double LOSS_FLOAT32 = 2e-3;

    /** The same where evaluation computed in bfloat16. */
    static final double LOSS_BFLOAT16 = 0.1;

    /** Rounding to the nearest: half a step, and a trifle for the arithmetic here. */
    static final double HALF_STEPS = 1.001;

    /** Halves keep 11 bits: a deep model's logits move by about a hundredth of their scale. */
    static final double F16_LOGITS = 2e-2;

    /** Nats per token that eight bits may cost; llama.cpp's own Q8_0 models stay below 0.01. */
    private static final double Q8_DIVERGENCE = 0.05;

    /** The same of Q4_K_M: 0.006 on the repository's own model; deeper models bear it less. */
    private static final double Q4_K_M_DIVERGENCE = 0.5;

    /** The same of Q4_0: 0.021 there. */
    private static final double Q4_0_DIVERGENCE = 1;

    /** A rounding that costs more than the fine-tuning changed makes it pointless. */
    static final double OF_EFFECT = 1;

    /**
     * How much less likely than the model's own choice an endpoint's token may be, as a share of
     * the logits' scale: twice what a logit may be off in float32, and in a file of 8 or 16 bits.
     */
    static final double CHOICE_EXACT = 2 * FLOAT32_LOGITS;

    static final double CHOICE_ROUNDED = 6e-2;

    private Bounds() {}

    /** Nats per token that a smaller form may cost. */
    static double divergence(GgufForm form) {
        return switch (form) {
            case Q4_0 -> Q4_0_DIVERGENCE;
            case Q4_K_M -> Q4_K_M_DIVERGENCE;
            default -> Q8_DIVERGENCE;
        };
    }
}
