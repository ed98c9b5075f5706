package dev.septet.activities.evaluate.metric.sampled;

import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The hidden states that a decoder has of a text.
 *
 * <p>A decoder's first token has a state like no other token's. A line feed therefore stands before each text, and its
 * state is left out. Each text is computed alone, so that the numbers do not depend on a batch.
 *
 * @param layer the decoder layer, from 1
 * @param mostTokens a longer text is cut after this number of tokens
 */
record TextStates(LanguageModel model, Tokenizer tokenizer, int layer, int mostTokens) {
    /** As many tokens as the model takes. */
    TextStates(LanguageModel model, Tokenizer tokenizer, int layer) {
        this(model, tokenizer, layer, model.config().maxPositions());
    }

    /** One state for each token, (tokens, D); empty for a text without tokens. */
    float[][] of(String text) {
        int[] content = tokenizer.encode(text, false);
        if (content.length == 0) {
            return new float[0][];
        }
        int[] first = tokenizer.encode("\n", false);
        int most = Math.min(mostTokens, model.config().maxPositions() - first.length);
        int length = Math.min(content.length, most);
        int[] tokens = Arrays.copyOf(first, first.length + length);
        System.arraycopy(content, 0, tokens, first.length, length);
        float[][] states = model.hiddenStates(tokens, layer);
        return Arrays.copyOfRange(states, first.length, states.length);
    }

    /** The mean of the states, (D); empty for a text without tokens. */
    Optional<float[]> mean(String text) {
        float[][] states = of(text);
        if (states.length == 0) {
            return Optional.empty();
        }
        double[] sum = new double[states[0].length];
        for (float[] state : states) {
            for (int at = 0; at < sum.length; at++) {
                sum[at] += state[at];
            }
        }
        float[] mean = new float[sum.length];
        for (int at = 0; at < sum.length; at++) {
            mean[at] = (float) (sum[at] / states.length);
        }
        return Optional.of(mean);
    }
}
