package dev.septet.llm.model.config;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names and shapes of a decoder's weights, in the order of the program's arguments. */
public final class Layout {
    public static final String EMBEDDING = "model.embed_tokens.weight";
    public static final String FINAL_NORM = "model.norm.weight";
    public static final String OUTPUT = "lm_head.weight";
    public static final String ROUTER = "block_sparse_moe.gate.weight";

    private Layout() {}

    /**
     * One weight.
     *
     * @param layer index of its block, or -1 outside the blocks
     */
    public record Slot(String name, Shape shape, int layer) {}

    /**
     * Every weight once: embedding, final norm, output matrix unless tied, then the weights of each
     * block.
     */
    public static List<Slot> of(ModelConfig config) {
        List<Slot> slots = new ArrayList<>();
        Shape embedding = new Shape(config.vocabularySize(), config.hiddenSize());
        slots.add(new Slot(EMBEDDING, embedding, -1));
        slots.add(new Slot(FINAL_NORM, new Shape(config.hiddenSize()), -1));
        if (!config.tiedEmbeddings()) {
            slots.add(new Slot(OUTPUT, embedding, -1));
        }
        List<Slot> block = block(config);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Slot slot : block) {
                String name = "model.layers." + layer + "." + slot.name();
                slots.add(new Slot(name, slot.shape(), layer));
            }
        }
        return slots;
    }

    /**
     * The weights of one block in the layout of {@code decoding.py}. The weights of each inner list
     * read the same input; their rows are concatenated into one tensor.
     */
    public static List<List<Slot>> fused(ModelConfig config) {
        Map<String, List<Slot>> groups = new LinkedHashMap<>();
        for (Slot slot : block(config)) {
            groups.computeIfAbsent(SharedInput.group(slot.name()), fresh -> new ArrayList<>())
                    .add(slot);
        }
        return List.copyOf(groups.values());
    }

    /** Index of a weight's tensor in {@link #fused}, or -1 if the model does not have it. */
    public static int fusedPlace(ModelConfig config, String name) {
        List<List<Slot>> fused = fused(config);
        for (int i = 0; i < fused.size(); i++) {
            if (fused.get(i).stream().anyMatch(slot -> slot.name().equals(name))) {
                return i;
            }
        }
        return -1;
    }

    /** The weights of one block, named without the block's prefix. A Llama has only the first nine. */
    public static List<Slot> block(ModelConfig config) {
        ArchitectureOptions switches = config.switches();
        Shape hidden = new Shape(config.hiddenSize());
        List<Slot> block = new ArrayList<>();
        block.add(slot("input_layernorm.weight", hidden));
        for (LinearLayer linear : LinearLayer.values()) {
            if (linear == LinearLayer.GATE_PROJ) {
                block.add(slot(feedForwardNorm(switches), hidden));
            }
            if (linear.isIn(config)) {
                Shape shape = new Shape(linear.outputs(config), linear.inputs(config));
                block.add(slot(linear.path() + ".weight", shape));
            }
        }
        for (LinearLayer linear : LinearLayer.values()) {
            if (linear.hasBias(config)) {
                block.add(slot(linear.path() + ".bias", new Shape(linear.outputs(config))));
            }
        }
        if (switches.queryKeyNorm()) {
            block.add(slot("self_attn.q_norm.weight", new Shape(config.headSize())));
            block.add(slot("self_attn.k_norm.weight", new Shape(config.headSize())));
        }
        if (switches.sandwichNorms()) {
            block.add(slot("post_attention_layernorm.weight", hidden));
            block.add(slot("post_feedforward_layernorm.weight", hidden));
        }
        Experts experts = switches.experts();
        if (experts != null) {
            addExperts(block, config, experts);
        }
        return block;
    }

    /** Index of a weight in {@link #block}, or -1 if the model does not have it. */
    public static int place(ModelConfig config, String name) {
        return block(config).stream().map(Slot::name).toList().indexOf(name);
    }

    private static String feedForwardNorm(ArchitectureOptions switches) {
        return switches.sandwichNorms() ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight";
    }

    /** Adds the router, then gate, up and down of each expert, named w1, w3 and w2 in the files. */
    private static void addExperts(List<Slot> block, ModelConfig config, Experts experts) {
        Shape wide = new Shape(config.feedForwardSize(), config.hiddenSize());
        Shape narrow = new Shape(config.hiddenSize(), config.feedForwardSize());
        block.add(slot(ROUTER, new Shape(experts.count(), config.hiddenSize())));
        for (int expert = 0; expert < experts.count(); expert++) {
            String name = "block_sparse_moe.experts." + expert + ".";
            block.add(slot(name + "w1.weight", wide));
            block.add(slot(name + "w3.weight", wide));
            block.add(slot(name + "w2.weight", narrow));
        }
    }

    private static Slot slot(String name, Shape shape) {
        return new Slot(name, shape, 0);
    }
}
