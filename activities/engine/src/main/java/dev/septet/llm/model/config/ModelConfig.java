package dev.septet.llm.model.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a decoder, read from {@code config.json}.
 *
 * @param family model family, which determines the weights' names and the source of the options
 * @param layers decoder blocks
 * @param heads query heads
 * @param keyValueHeads key and value heads; a divisor of {@code heads}
 * @param headSize elements of one head; heads * headSize may differ from the hidden size
 * @param feedForwardSize rows of the gate and up projections
 * @param maxPositions longest context that the model was trained for, in tokens
 * @param normEpsilon added to the mean square inside the norms
 * @param ropeTheta RoPE base
 * @param tiedEmbeddings whether the output matrix is the embedding
 * @param switches differences from a Llama
 */
public record ModelConfig(
        Family family,
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
        boolean tiedEmbeddings,
        ArchitectureOptions switches) {

    public ModelConfig {
        require(hiddenSize > 0 && layers > 0 && heads > 0 && feedForwardSize > 0, "sizes above 0");
        require(vocabularySize > 0 && maxPositions > 0, "a vocabulary and positions above 0");
        SizeBounds.require(layers, hiddenSize, heads, keyValueHeads, headSize, feedForwardSize);
        SizeBounds.require(vocabularySize, maxPositions);
        require(
                keyValueHeads > 0 && heads % keyValueHeads == 0,
                "num_attention_heads to be a multiple of num_key_value_heads");
        require(headSize > 0 && headSize % 2 == 0, "an even head size");
        require(normEpsilon > 0 && ropeTheta > 0, "rms_norm_eps and rope_theta above 0");
        require(switches.attention().size() == layers, "layer_types and no_rope_layers with one entry per layer");
        Experts mixture = switches.experts();
        SizeBounds.require(
                layers,
                (double) hiddenSize * (heads + keyValueHeads) * 2 * headSize
                        + 3.0 * hiddenSize * feedForwardSize * (mixture == null ? 1 : mixture.count()),
                2.0 * hiddenSize * vocabularySize);
    }

    /** This configuration without the router's auxiliary loss, so the loss is -log p alone. */
    public ModelConfig unbalanced() {
        return new ModelConfig(
                family,
                hiddenSize,
                layers,
                heads,
                keyValueHeads,
                headSize,
                feedForwardSize,
                vocabularySize,
                maxPositions,
                normEpsilon,
                ropeTheta,
                ropeScaling,
                tiedEmbeddings,
                switches.unbalanced());
    }

    /** The configuration of a Llama. */
    public ModelConfig(
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
        this(
                Family.LLAMA,
                hiddenSize,
                layers,
                heads,
                keyValueHeads,
                headSize,
                feedForwardSize,
                vocabularySize,
                maxPositions,
                normEpsilon,
                ropeTheta,
                ropeScaling,
                tiedEmbeddings,
                ArchitectureOptions.plain(layers, headSize));
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

    /**
     * Whether the model computes the same as a Llama on rows of at most {@code tokens} tokens. Such
     * a model has no biases, caps, experts or additional norms, a SiLU gate, and full attention
     * with one RoPE base. RoPE scaling is allowed unless it also scales the cosines and sines.
     */
    public boolean isPlain(int tokens) {
        return switches.isPlain(headSize, tokens) && turnScale() == 1;
    }

    /** Number of parameters; a tied output matrix counts once. */
    public long parameters() {
        return Layout.of(this).stream().mapToLong(slot -> slot.shape().size()).sum();
    }

    /**
     * Checks that a token is in the vocabulary.
     *
     * @throws IllegalArgumentException when it is outside the vocabulary
     */
    public void requireToken(int token) {
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException("token "
                    + token
                    + " is outside of the model's vocabulary of "
                    + vocabularySize
                    + "; the data was made with another tokenizer");
        }
    }

    /** RoPE angle per position of each pair of a head's elements, (headSize / 2). */
    public float[] frequencies() {
        double[] own = frequencies(ropeTheta);
        return floats(ropeScaling == null ? own : ropeScaling.apply(own, ropeTheta));
    }

    /** The angles in layers with {@link LayerAttention.Rotation#LOCAL} rotations. */
    public float[] localFrequencies() {
        return floats(frequencies(switches.localRopeTheta()));
    }

    /** Factor of the cosines and sines that rotate queries and keys. */
    public double turnScale() {
        return ropeScaling == null ? 1 : ropeScaling.magnitude();
    }

    private double[] frequencies(double theta) {
        double[] frequencies = new double[headSize / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = StrictMath.pow(theta, -2.0 * i / headSize);
        }
        return frequencies;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static void require(boolean holds, String expectation) {
        if (!holds) {
            throw new IllegalArgumentException("a model needs " + expectation);
        }
    }
}
