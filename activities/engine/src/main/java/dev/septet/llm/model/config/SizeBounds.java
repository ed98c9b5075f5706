package dev.septet.llm.model.config;

import java.util.Locale;

/**
 * Upper bounds of a model's sizes, several times those of the largest existing models. The sizes in
 * a config.json are checked before anything is allocated for them.
 */
final class SizeBounds {
    /** Layers; several lists of this length are allocated. */
    static final int LAYERS = 1024;

    private static final int WIDTH = 1 << 18;
    private static final int HEADS = 4096;
    private static final int HEAD = 1 << 14;
    private static final int FEED_FORWARD = 1 << 20;
    private static final int EXPERTS = 1024;
    private static final int VOCABULARY = 1 << 24;
    private static final int POSITIONS = 1 << 27;
    private static final double PARAMETERS = 1L << 43;

    private SizeBounds() {}

    /** Checks each number alone. */
    static void require(int layers, int width, int heads, int keyValueHeads, int head, int feedForward) {
        within("num_hidden_layers", layers, LAYERS);
        within("hidden_size", width, WIDTH);
        within("num_attention_heads", heads, HEADS);
        within("num_key_value_heads", keyValueHeads, HEADS);
        within("head_dim", head, HEAD);
        within("intermediate_size", feedForward, FEED_FORWARD);
    }

    static void require(int vocabulary, int positions) {
        within("vocab_size", vocabulary, VOCABULARY);
        within("max_position_embeddings", positions, POSITIONS);
    }

    static void experts(int count) {
        within("num_local_experts", count, EXPERTS);
    }

    /** Checks the total number of parameters. */
    static void require(int layers, double inLayer, double outside) {
        if (layers * inLayer + outside > PARAMETERS) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "its sizes give %.0f billion parameters; this engine opens at most %.0f billion",
                    (layers * inLayer + outside) / 1e9,
                    PARAMETERS / 1e9));
        }
    }

    static void within(String name, long value, long max) {
        if (value > max) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s is %d, more than any model has (at most %d)", name, value, max));
        }
    }
}
