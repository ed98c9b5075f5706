package dev.septet.llm.model;

import java.util.List;

/** Linear layers of a block that read the same input, in the order in which programs fuse them. */
enum SharedInput {
    ATTENTION("self_attn.qkv", Site.Q_PROJ, Site.K_PROJ, Site.V_PROJ),
    ATTENDED("self_attn.o", Site.O_PROJ),
    FEED_FORWARD("mlp.gate_up", Site.GATE_PROJ, Site.UP_PROJ),
    GATED("mlp.down", Site.DOWN_PROJ);

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Site> sites;

    SharedInput(String label, Site... sites) {
        this.label = label;
        this.sites = List.of(sites);
    }

    String label() {
        return label;
    }

    List<Site> sites() {
        return sites;
    }
}
