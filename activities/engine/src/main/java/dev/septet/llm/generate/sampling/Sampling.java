package dev.septet.llm.generate.sampling;

/**
 * How the next token is chosen.
 *
 * @param temperature divisor of the logits; 0 selects the most probable token (greedy)
 * @param topP in (0, 1]: candidates are the most probable tokens that together have at least this
 *     probability
 * @param topK maximum number of candidates, the most probable ones; 0 for no limit. Applied before
 *     top-p
 * @param seed seed of all samples
 * @see <a href="https://arxiv.org/abs/1904.09751">Holtzman et al., 2019</a>, for top-p
 */
public record Sampling(double temperature, double topP, int topK, long seed) {
    public static final Sampling GREEDY = new Sampling(0, 1, 0, 0);

    private static final double MAX_TEMPERATURE = 100;

    public Sampling {
        // These conditions also reject NaN.
        if (!(temperature >= 0 && temperature <= MAX_TEMPERATURE)) {
            throw new IllegalArgumentException("temperature must be between 0 and 100, got " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top-p must be above 0, at most 1, got " + topP);
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top-k must be at least 0, got " + topK);
        }
    }

    /** Sampling without top-k. */
    public Sampling(double temperature, double topP, long seed) {
        this(temperature, topP, 0, seed);
    }

    public boolean isGreedy() {
        return temperature == 0;
    }
}
