package dev.septet.llm.model.config;

import java.util.Arrays;

/**
 * The linear layers of a decoder block, in the order of their adapters in the program's arguments.
 * Names are those of transformers and PEFT.
 */
public enum LinearLayer {
    Q_PROJ("self_attn.q_proj", "q_proj"),
    K_PROJ("self_attn.k_proj", "k_proj"),
    V_PROJ("self_attn.v_proj", "v_proj"),
    O_PROJ("self_attn.o_proj", "o_proj"),
    GATE_PROJ("mlp.gate_proj", "gate_proj"),
    UP_PROJ("mlp.up_proj", "up_proj"),
    DOWN_PROJ("mlp.down_proj", "down_proj");

    private final String path;
    private final String module;

    LinearLayer(String path, String module) {
        this.path = path;
        this.module = module;
    }

    /** Last part of the name, as in PEFT's {@code target_modules}. */
    public String module() {
        return module;
    }

    /** Name within the block, such as {@code self_attn.q_proj}. */
    public String path() {
        return path;
    }

    /** Whether a model has this layer: a mixture of experts has no single feed-forward network. */
    public boolean isIn(ModelConfig config) {
        return switch (this) {
            case Q_PROJ, K_PROJ, V_PROJ, O_PROJ -> true;
            default -> config.switches().experts() == null;
        };
    }

    /** Whether the layer has a bias in this model. */
    boolean hasBias(ModelConfig config) {
        ArchitectureOptions switches = config.switches();
        return switch (this) {
            case Q_PROJ, K_PROJ, V_PROJ -> switches.inputBias();
            case O_PROJ -> switches.outputBias();
            default -> switches.feedForwardBias() && isIn(config);
        };
    }

    /** Name of the layer's module, such as {@code model.layers.3.self_attn.q_proj}. */
    public String module(int layer) {
        return "model.layers." + layer + "." + path;
    }

    /** Elements of one input row. */
    public int inputs(ModelConfig config) {
        return switch (this) {
            case O_PROJ -> config.heads() * config.headSize();
            case DOWN_PROJ -> config.feedForwardSize();
            default -> config.hiddenSize();
        };
    }

    /** Elements of one output row. */
    public int outputs(ModelConfig config) {
        return switch (this) {
            case Q_PROJ -> config.heads() * config.headSize();
            case K_PROJ, V_PROJ -> config.keyValueHeads() * config.headSize();
            case GATE_PROJ, UP_PROJ -> config.feedForwardSize();
            default -> config.hiddenSize();
        };
    }

    /** Whether the name, such as {@code model.layers.3.mlp.up_proj.weight}, is a linear layer's weight. */
    public static boolean isOne(String weight) {
        return Arrays.stream(values()).anyMatch(linear -> weight.endsWith("." + linear.path + ".weight"));
    }
}
