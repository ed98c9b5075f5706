package dev.septet.llm.model.config;

import java.util.Arrays;
import java.util.Optional;

/**
 * The activation function of a feed-forward network's gate: down (gate(x) * up x).
 *
 * @see <a href="https://arxiv.org/abs/2002.05202">Shazeer, 2020</a>
 */
public enum ExpertGate {
    /** x sigmoid(x). */
    SILU("silu"),
    /** x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
    GELU_TANH("gelu_pytorch_tanh");

    private final String word;

    ExpertGate(String word) {
        this.word = word;
    }

    /** The gate named by config.json's {@code hidden_act}; empty if unknown. */
    static Optional<ExpertGate> of(String word) {
        return Arrays.stream(values()).filter(gate -> gate.word.equals(word)).findFirst();
    }

    /** The name in config.json's {@code hidden_act}. */
    public String word() {
        return word;
    }
}
