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
    private final List<LinearLayer> sites;

    SharedInput(String label, LinearLayer... sites) {
        this.label = label;
        this.sites = List.of(sites);
    }

    public String label() {
        return label;
    }

    public List<LinearLayer> sites() {
        return sites;
    }

    /**
     * The key by which weights and biases of one block are grouped for fusion. Layers that share an
     * input share a key; any other weight's key is its own name.
     *
     * @param name within the block, such as {@code self_attn.q_proj.bias}
     */
    static String group(String name) {
        for (SharedInput input : values()) {
            for (LinearLayer site : input.sites) {
                if (name.startsWith(site.path() + ".")) {
                    return input.label + name.substring(site.path().length());
                }
            }
        }
        return name;
    }
}
