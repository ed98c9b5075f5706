package dev.septet.llm.model.config;

/**
 * How one layer attends.
 *
 * @param window tokens that a query sees, itself included; {@link #UNLIMITED} for all before it
 */
public record LayerAttention(int window, Rotation rotation) {
    /** A window that ends nowhere. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** All tokens up to the query, rotated by the model's own base. */
    public static final LayerAttention FULL = new LayerAttention(UNLIMITED, Rotation.MAIN);

    /** Which rotary frequencies turn queries and keys. */
    public enum Rotation {
        /** Those of the model. */
        MAIN,
        /** Those of a second base, for layers with a window. */
        LOCAL,
        /** None: the layer knows no positions. */
        NONE
    }

    public LayerAttention {
        if (window < 1) {
            throw new IllegalArgumentException("a model needs a sliding_window above 0");
        }
    }

    /** Whether a query of a row of so many tokens may miss some of those before it. */
    public boolean isLocal(int tokens) {
        return window < tokens;
    }
}
