package dev.septet.llm.format;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * Llama 3's way to longer contexts, as GGUF says it: a divisor per rotated pair of a head. Slow
 * rotations are slowed down by the whole factor, fast ones stay, those between are interpolated.
 *
 * @see <a href="https://arxiv.org/abs/2407.21783">The Llama 3 herd of models, 2024</a>
 */
final class RopeStretch {
    /** Tensor (head size / 2) that holds the divisors. */
    static final String TENSOR = "rope_freqs.weight";

    private RopeStretch() {}

    /** Whether GGUF can say what config.json says about rotary positions. */
    static boolean isKnown(JsonNode rope) {
        String type = type(rope);
        return type.equals("default") || type.equals("llama3");
    }

    /** The divisors, (headSize / 2); empty where positions are not stretched. */
    static Optional<float[]> divisors(JsonNode rope, int headSize, double base) {
        if (type(rope).equals("default")) {
            return Optional.empty();
        }
        double factor = rope.path("factor").asDouble();
        double low = rope.path("low_freq_factor").asDouble();
        double high = rope.path("high_freq_factor").asDouble();
        double positions = rope.path("original_max_position_embeddings").asDouble();
        float[] divisors = new float[headSize / 2];
        for (int i = 0; i < divisors.length; i++) {
            double wavelength = 2 * Math.PI * StrictMath.pow(base, 2.0 * i / headSize);
            double share = (positions / wavelength - low) / (high - low);
            double kept = Math.max(0, Math.min(1, share));
            divisors[i] = (float) (1 / ((1 - kept) / factor + kept));
        }
        return Optional.of(divisors);
    }

    private static String type(JsonNode rope) {
        return rope.path("rope_type").asText(rope.path("type").asText("default"));
    }
}
