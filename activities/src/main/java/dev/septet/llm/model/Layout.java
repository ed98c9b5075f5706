package dev.septet.llm.model;

import ai.djl.ndarray.types.Shape;

import java.util.ArrayList;
import java.util.List;

/** Names and shapes of a decoder's weights, in the program's order. */
final class Layout {
    static final String EMBEDDING = "model.embed_tokens.weight";
    static final String FINAL_NORM = "model.norm.weight";
    static final String OUTPUT = "lm_head.weight";

    private Layout() {}

    /**
     * One weight.
     *
     * @param layer its block, or -1 outside of the blocks
     */
    record Slot(String name, Shape shape, int layer) {}

    /** Every weight once: embedding, final norm, output unless tied, then nine per block. */
    static List<Slot> of(ModelConfig config) {
        List<Slot> slots = new ArrayList<>();
        Shape embedding = new Shape(config.vocabularySize(), config.hiddenSize());
        slots.add(new Slot(EMBEDDING, embedding, -1));
        slots.add(new Slot(FINAL_NORM, new Shape(config.hiddenSize()), -1));
        if (!config.tiedEmbeddings()) {
            slots.add(new Slot(OUTPUT, embedding, -1));
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            slots.add(norm(config, layer, "input_layernorm"));
            for (Site site : Site.values()) {
                if (site == Site.GATE_PROJ) {
                    slots.add(norm(config, layer, "post_attention_layernorm"));
                }
                Shape shape = new Shape(site.outputs(config), site.inputs(config));
                slots.add(new Slot(site.module(layer) + ".weight", shape, layer));
            }
        }
        return slots;
    }

    private static Slot norm(ModelConfig config, int layer, String name) {
        return new Slot(
                "model.layers." + layer + "." + name + ".weight",
                new Shape(config.hiddenSize()),
                layer);
    }
}
