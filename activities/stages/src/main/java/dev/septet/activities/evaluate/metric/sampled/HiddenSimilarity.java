package dev.septet.activities.evaluate.metric.sampled;

import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.Arrays;

/**
 * Similarity of two texts by the hidden states of a decoder: each token of one text is matched with the most similar token
 * of the other, by the cosine of their states. Precision is the mean over the answer's tokens, recall the mean over the
 * reference's tokens, and the similarity their F1, at least 0. The computation is that of BERTScore, without weights by
 * rarity and without a baseline. The model is another one, so the numbers are not BERTScore and compare only with
 * each other.
 *
 * <p>A decoder's first token has a state like no other token's. A line feed therefore stands before each text, and its
 * state is not compared. Each text is computed alone, so that the numbers do not depend on a batch. A text of more tokens
 * than the model takes is cut.
 *
 * @see <a href="https://arxiv.org/abs/1904.09675">Zhang et al., 2020, for BERTScore</a>
 */
public final class HiddenSimilarity {
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final int layer;

    /**
     * @param layer the decoder layer, from 1
     */
    public HiddenSimilarity(LanguageModel model, Tokenizer tokenizer, int layer) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.layer = layer;
    }

    /**
     * The mean of a text's states, of length 1, (D). The product of two of them is their cosine.
     *
     * @return zeros for a text without tokens
     */
    public float[] mean(String text) {
        double[] sums = new double[model.config().hiddenSize()];
        for (float[] state : states(text)) {
            for (int at = 0; at < state.length; at++) {
                sums[at] += state[at];
            }
        }
        double norm = 0;
        for (double sum : sums) {
            norm += sum * sum;
        }
        float[] mean = new float[sums.length];
        for (int at = 0; at < mean.length && norm > 0; at++) {
            mean[at] = (float) (sums[at] / Math.sqrt(norm));
        }
        return mean;
    }

    /** From 0 to 1. Where a text has no tokens, 1 if the other has none either, else 0. */
    public double of(String reference, String answer) {
        float[][] expected = states(reference);
        float[][] found = states(answer);
        if (expected.length == 0 || found.length == 0) {
            return expected.length == found.length ? 1 : 0;
        }
        double precision = best(found, expected);
        double recall = best(expected, found);
        double f1 = precision + recall <= 0 ? 0 : 2 * precision * recall / (precision + recall);
        return Math.max(0, Math.min(1, f1));
    }

    /** Mean over the states of one text of the largest cosine with a state of the other. */
    static double best(float[][] states, float[][] others) {
        double sum = 0;
        for (float[] state : states) {
            double best = -1;
            for (float[] other : others) {
                best = Math.max(best, product(state, other));
            }
            sum += best;
        }
        return sum / states.length;
    }

    /** States of length 1, (tokens, D). */
    private float[][] states(String text) {
        int[] content = tokenizer.encode(text, false);
        if (content.length == 0) {
            return new float[0][];
        }
        int[] first = tokenizer.encode("\n", false);
        int length = Math.min(content.length, model.config().maxPositions() - first.length);
        int[] tokens = Arrays.copyOf(first, first.length + length);
        System.arraycopy(content, 0, tokens, first.length, length);
        float[][] states = model.hiddenStates(tokens, layer);
        float[][] own = Arrays.copyOfRange(states, first.length, states.length);
        for (float[] state : own) {
            double norm = Math.sqrt(product(state, state));
            for (int at = 0; at < state.length; at++) {
                state[at] = (float) (state[at] / norm);
            }
        }
        return own;
    }

    private static double product(float[] one, float[] other) {
        double sum = 0;
        for (int at = 0; at < one.length; at++) {
            sum += (double) one[at] * other[at];
        }
        return sum;
    }
}
