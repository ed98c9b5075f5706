package dev.septet.llm.generate;

/**
 * A model's loss and accuracy on the tokens of one example, or of several together.
 *
 * @param loss sum of -log p over the loss-carrying tokens, in nats
 * @param tokens number of loss-carrying tokens
 * @param correct number of loss-carrying tokens that the model ranks first
 */
public record ExampleScore(double loss, long tokens, long correct) {
    public static final ExampleScore NOTHING = new ExampleScore(0, 0, 0);

    public ExampleScore plus(ExampleScore other) {
        return new ExampleScore(loss + other.loss, tokens + other.tokens, correct + other.correct);
    }

    /** Loss per token, in nats; NaN without loss-carrying tokens. */
    public double meanLoss() {
        return tokens == 0 ? Double.NaN : loss / tokens;
    }

    /** Exponential of the mean loss: the number of equally likely choices with the same uncertainty. */
    public double perplexity() {
        return Math.exp(meanLoss());
    }

    /** Share of correct tokens; NaN without loss-carrying tokens. */
    public double accuracy() {
        return tokens == 0 ? Double.NaN : (double) correct / tokens;
    }
}
