package dev.septet.llm.model;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * The numbers of a decoder, as {@code config.json} states them.
 *
 * @param layers decoder blocks
 * @param heads query heads
 * @param keyValueHeads key and value heads; a divisor of {@code heads}
 * @param headSize elements of one head; heads * headSize need not be the hidden size
 * @param feedForwardSize rows of the gate and up projections
 * @param maxPositions longest context the model was made for, in tokens
 * @param normEpsilon added to the mean square inside the norms
 * @param ropeTheta base of the rotary frequencies
 * @param tiedEmbeddings whether the output matrix is the embedding
 */
public record ModelConfig(
        int hiddenSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int feedForwardSize,
        int vocabularySize,
        int maxPositions,
        double normEpsilon,
        double ropeTheta,
        @Nullable RopeScaling ropeScaling,
        boolean tiedEmbeddings) {

    public ModelConfig {
        require(hiddenSize > 0 && layers > 0 && heads > 0 && feedForwardSize > 0, "sizes above 0");
        require(vocabularySize > 0 && maxPositions > 0, "a vocabulary and positions above 0");
        require(
                keyValueHeads > 0 && heads % keyValueHeads == 0,
                "num_attention_heads to be a multiple of num_key_value_heads");
        require(headSize > 0 && headSize % 2 == 0, "an even head size");
        require(normEpsilon > 0 && ropeTheta > 0, "rms_norm_eps and rope_theta above 0");
    }

    /**
     * Reads {@code config.json} of a model folder.
     *
     * @throws dev.septet.llm.format.FormatProblem when it is missing, malformed, or of a family
     *     that this engine does not run
     */
    public static ModelConfig read(Path folder) {
        return ConfigJson.read(folder.resolve("config.json"));
    }

    /** Number of weights, the tied output matrix counted once. */
    public long parameters() {
        return Layout.of(this).stream().mapToLong(slot -> slot.shape().size()).sum();
    }

    /**
     * Checks that a token is one of the model's.
     *
     * @throws IllegalArgumentException when it is outside of the vocabulary
     */
    public void requireToken(int token) {
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException(
                    "token "
                            + token
                            + " is outside of the model's vocabulary of "
                            + vocabularySize
                            + "; the data was made with another tokenizer");
        }
    }

    /** Angle per position of each pair of a head, (headSize / 2). */
    float[] frequencies() {
        float[] frequencies = new float[headSize / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = StrictMath.pow(ropeTheta, -2.0 * i / headSize);
            frequencies[i] =
                    (float) (ropeScaling == null ? frequency : ropeScaling.apply(frequency));
        }
        return frequencies;
    }

    private static void require(boolean holds, String expectation) {
        if (!holds) {
            throw new IllegalArgumentException("a model needs " + expectation);
        }
    }
}
