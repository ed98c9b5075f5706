package dev.septet.dsl.pipeline.train;

/** The divisor of alpha in the scale of the low-rank product. */
public enum LoraScaling {
    /** The rank. */
    PLAIN,
    /**
     * The square root of the rank, so that a higher rank does not learn more slowly.
     *
     * @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski, 2023 (rsLoRA)</a>
     */
    RANK_STABILIZED
}
