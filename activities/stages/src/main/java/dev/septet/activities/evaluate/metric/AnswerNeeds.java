package dev.septet.activities.evaluate.metric;

/**
 * What a metric needs of a model besides one answer and the loss of the reference.
 *
 * @param confidence whether it needs the probability of the answer
 * @param layer the decoder layer whose outputs are compared, from 1; 0 for none
 * @param samples the number of answers that are drawn at random; 0 for none
 * @param temperature of those answers
 * @param counts whether the tokens of prompts and answers are counted
 */
public record AnswerNeeds(boolean confidence, int layer, int samples, double temperature, boolean counts) {
    public static final AnswerNeeds NONE = new AnswerNeeds(false, 0, 0, 0);
    public static final AnswerNeeds CONFIDENCE = new AnswerNeeds(true, 0, 0, 0);

    /** The numbers of tokens of prompts and answers. */
    public static final AnswerNeeds COUNTS = new AnswerNeeds(false, 0, 0, 0, true);

    /** Without numbers of tokens. */
    public AnswerNeeds(boolean confidence, int layer, int samples, double temperature) {
        this(confidence, layer, samples, temperature, false);
    }

    /** A number of answers that are drawn at random. */
    public static AnswerNeeds samples(int count, double temperature) {
        return new AnswerNeeds(false, 0, count, temperature);
    }

    /** A comparison of the outputs of a decoder layer. */
    public static AnswerNeeds layer(int layer) {
        return new AnswerNeeds(false, layer, 0, 0);
    }

    /** Whether one answer and the loss are enough. */
    public boolean isNone() {
        return equals(NONE);
    }

    /**
     * What two metrics need together.
     *
     * @throws IllegalArgumentException when they need samples of different temperatures
     */
    public AnswerNeeds and(AnswerNeeds other) {
        if (samples > 0 && other.samples > 0 && temperature != other.temperature) {
            throw new IllegalArgumentException("passAt and passAll read the same samples, so they need one temperature,"
                    + " but the file has %s and %s".formatted(temperature, other.temperature));
        }
        return new AnswerNeeds(
                confidence || other.confidence,
                Math.max(layer, other.layer),
                Math.max(samples, other.samples),
                Math.max(temperature, other.temperature),
                counts || other.counts);
    }
}
