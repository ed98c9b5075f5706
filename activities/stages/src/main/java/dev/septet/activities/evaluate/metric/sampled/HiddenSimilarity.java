package dev.septet.activities.evaluate.metric.sampled;

import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;

/**
 * Similarity of two texts by the hidden states of a decoder: each token of one text is matched with the most similar token
 * of the other, by the cosine of their states. Precision is the mean over the answer's tokens, recall the mean over the
 * reference's tokens, and the similarity their F1, at least 0. The computation is that of BERTScore, without weights by
 * rarity and without a baseline. The model is another one, so the numbers are not BERTScore and compare only with
 * each other. A text of more tokens than the model takes is cut.
 *
 * @see <a href="https://arxiv.org/abs/1904.09675">Zhang et al., 2020, for BERTScore</a>
 */
public final class HiddenSimilarity {
    private final TextStates texts;

    /**
     * @param layer the decoder layer, from 1
     */
    public HiddenSimilarity(LanguageModel model, Tokenizer tokenizer, int layer) {
        texts = new TextStates(model, tokenizer, layer);
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
        float[][] own = texts.of(text);
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
