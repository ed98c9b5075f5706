package dev.septet.llm.model.config;

import java.util.List;

/** Linear layers of a block that read the same input, in the order in which the programs fuse them. */
public enum SharedInput {
    ATTENTION("self_attn.qkv", LinearLayer.Q_PROJ, LinearLayer.K_PROJ, LinearLayer.V_PROJ),
    ATTENDED("self_attn.o", LinearLayer.O_PROJ),
    FEED_FORWARD("mlp.gate_up", LinearLayer.GATE_PROJ, LinearLayer.UP_PROJ),
    GATED("mlp.down", LinearLayer.DOWN_PROJ);

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<LinearLayer> linears;

    SharedInput(String label, LinearLayer... linears) {
        this.label = label;
        this.linears = List.of(linears);
    }

    public String label() {
        return label;
    }

    public List<LinearLayer> linears() {
        return linears;
    }

    /**
     * The key by which weights and biases of one block are grouped for fusion. Layers that share an
     * input share a key; any other weight's key is its own name.
     *
     * @param name within the block, such as {@code self_attn.q_proj.bias}
     */
    static String group(String name) {
        for (SharedInput input : values()) {
            for (LinearLayer linear : input.linears) {
                if (name.startsWith(linear.path() + ".")) {
                    return input.label + name.substring(linear.path().length());
                }
            }
        }
        return name;
    }
}
