package dev.septet.llm.generate;

/**
 * How well a model foretells the tokens of an example, or of several together.
 *
 * @param loss sum of -log p over the tokens that carry loss, in nats
 * @param tokens how many they are
 * @param correct how many of them are the model's own first choice
 */
public record ExampleScore(double loss, long tokens, long correct) {
    public static final ExampleScore NOTHING = new ExampleScore(0, 0, 0);

    public ExampleScore plus(ExampleScore other) {
        return new ExampleScore(loss + other.loss, tokens + other.tokens, correct + other.correct);
    }

    /** Loss per token, in nats; NaN where no token carries loss. */
    public double meanLoss() {
        return tokens == 0 ? Double.NaN : loss / tokens;
    }

    /** exp of the mean loss: as uncertain as a choice among so many tokens. */
    public double perplexity() {
        return Math.exp(meanLoss());
    }

    /** Share of correct tokens; NaN where no token carries loss. */
    public double accuracy() {
        return tokens == 0 ? Double.NaN : (double) correct / tokens;
    }
}
