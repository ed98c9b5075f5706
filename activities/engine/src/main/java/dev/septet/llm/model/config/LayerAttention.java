package dev.septet.llm.model.config;

/**
 * The attention of one layer.
 *
 * @param window number of tokens that a query attends to, itself included; {@link #UNLIMITED} for
 *     all tokens up to it
 */
public record LayerAttention(int window, Rotation rotation) {
    /** No sliding window. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Full causal attention, rotated with the model's main RoPE base. */
    public static final LayerAttention FULL = new LayerAttention(UNLIMITED, Rotation.MAIN);

    /** The rotary frequencies of queries and keys. */
    public enum Rotation {
        /** The model's main base. */
        MAIN,
        /** A second base, for layers with a sliding window. */
        LOCAL,
        /** No rotary positions (NoPE). */
        NONE
    }

    public LayerAttention {
        if (window < 1) {
            throw new IllegalArgumentException("a model needs a sliding_window above 0");
        }
    }

    /** Whether the window hides earlier tokens from a query in a row of {@code tokens} tokens. */
    public boolean isLocal(int tokens) {
        return window < tokens;
    }
}
