package dev.septet.dsl.pipeline.train;

/** What alpha is divided by to give the factor of a low-rank product. */
public enum LoraScaling {
    /** The rank. */
    PLAIN,
    /**
     * The rank's square root, so that a higher rank does not learn more slowly.
     *
     * @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski, 2023 (rsLoRA)</a>
     */
    RANK_STABILIZED
}
