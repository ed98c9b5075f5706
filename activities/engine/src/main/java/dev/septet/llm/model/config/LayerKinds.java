package dev.septet.llm.model.config;

import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.model.config.LayerAttention.Rotation;
import java.util.ArrayList;
import java.util.List;

/** Reads how each layer attends from config.json and from the family's defaults. */
final class LayerKinds {
    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";
    private static final int WINDOW = 4096;

    private final ConfigFile json;
    private final Family family;
    private final int layers;

    private LayerKinds(ConfigFile json, Family family, int layers) {
        this.json = json;
        this.family = family;
        this.layers = layers;
    }

    static List<LayerAttention> read(ConfigFile json, Family family, int layers) {
        LayerKinds kinds = new LayerKinds(json, family, layers);
        int window = kinds.window();
        List<Boolean> sliding = kinds.sliding();
        List<Boolean> rotated = kinds.rotated();
        List<LayerAttention> attention = new ArrayList<>();
        for (int layer = 0; layer < Math.min(sliding.size(), rotated.size()); layer++) {
            boolean local = sliding.get(layer);
            Rotation rotation = !rotated.get(layer)
                    ? Rotation.NONE
                    : local && family == Family.GEMMA3 ? Rotation.LOCAL : Rotation.MAIN;
            attention.add(new LayerAttention(local ? window : LayerAttention.UNLIMITED, rotation));
        }
        return attention;
    }

    /** Window size of the layers with sliding-window attention. */
    private int window() {
        boolean off = json.root().path("sliding_window").isNull();
        return off ? LayerAttention.UNLIMITED : json.whole("sliding_window", usualWindow());
    }

    private int usualWindow() {
        return switch (family) {
            case LLAMA, MIXTRAL, SMOLLM3 -> LayerAttention.UNLIMITED;
            default -> WINDOW;
        };
    }

    private List<Boolean> sliding() {
        boolean perLayer = family != Family.MISTRAL && family != Family.MIXTRAL;
        List<String> types = perLayer ? json.list("layer_types") : List.of();
        List<Boolean> sliding = new ArrayList<>();
        for (int layer = 0; layer < (types.isEmpty() ? layers : types.size()); layer++) {
            sliding.add(types.isEmpty() ? usual(layer) : isSliding(types.get(layer)));
        }
        return sliding;
    }

    private boolean isSliding(String type) {
        if (!type.equals(FULL) && !type.equals(SLIDING)) {
            throw new FormatProblem(
                    json.file(), "layer_types names '" + type + "'; this engine runs " + FULL + " and " + SLIDING);
        }
        return type.equals(SLIDING) && used();
    }

    /** Whether the window is used: Qwen and SmolLM3 set windows that they do not use. */
    private boolean used() {
        return switch (family) {
            case LLAMA -> false;
            case QWEN2, QWEN3, SMOLLM3 -> json.flag("use_sliding_window", false);
            default -> true;
        };
    }

    /** Whether a layer has a window when {@code layer_types} is missing. */
    private boolean usual(int layer) {
        return used()
                && switch (family) {
                    case LLAMA -> false;
                    case MISTRAL, MIXTRAL -> true;
                    case QWEN2, QWEN3 -> layer >= json.whole("max_window_layers", 28);
                    case SMOLLM3 -> !rotated().get(layer);
                    case GEMMA2 -> layer % 2 == 0;
                    case GEMMA3 -> (layer + 1) % pattern() != 0;
                };
    }

    /** Length of Gemma 3's layer pattern: the last layer of each pattern has full attention. */
    private int pattern() {
        return json.whole("sliding_window_pattern", json.whole("_sliding_window_pattern", 6));
    }

    /**
     * Whether each layer has rotary positions: SmolLM3's {@code no_rope_layers} is 1 for layers
     * that have them.
     */
    private List<Boolean> rotated() {
        List<Boolean> rotated = new ArrayList<>();
        List<String> named = family == Family.SMOLLM3 ? json.list("no_rope_layers") : List.<String>of();
        int interval = json.whole("no_rope_layer_interval", 4);
        for (int layer = 0; layer < layers; layer++) {
            boolean usual = family != Family.SMOLLM3 || (layer + 1) % interval != 0;
            rotated.add(layer < named.size() ? named.get(layer).equals("1") : usual);
        }
        return rotated;
    }
}
