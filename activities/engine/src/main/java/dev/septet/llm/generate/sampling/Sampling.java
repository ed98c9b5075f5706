package dev.septet.llm.generate.sampling;

/**
 * How the next token is chosen.
 *
 * @param temperature what scores are divided by; 0 takes the most probable token (greedy)
 * @param topP share of the probability that the candidates must hold together, in (0, 1]; the least
 *     probable tokens beyond it are left out
 * @param topK most candidates, the most probable ones; 0 = no bound. Applied before top-p
 * @param seed of all draws
 * @see <a href="https://arxiv.org/abs/1904.09751">Holtzman et al., 2019</a>, for top-p
 */
public record Sampling(double temperature, double topP, int topK, long seed) {
    public static final Sampling GREEDY = new Sampling(0, 1, 0, 0);

    private static final double MAX_TEMPERATURE = 100;

    public Sampling {
        // Written so that NaN fails as well.
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

    /** Draws from any number of candidates. */
    public Sampling(double temperature, double topP, long seed) {
        this(temperature, topP, 0, seed);
    }

    public boolean isGreedy() {
        return temperature == 0;
    }
}
