package dev.septet.llm.gguf;

import dev.septet.llm.model.config.ArchitectureOptions;
import dev.septet.llm.model.config.ExpertGate;
import dev.septet.llm.model.config.Experts;
import dev.septet.llm.model.config.LayerAttention;
import dev.septet.llm.model.config.LayerAttention.Rotation;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.RopeScaling;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether GGUF can express a model. llama.cpp's code fixes the parts of an architecture that
 * the file does not declare. A model that differs in these parts would be computed wrongly without
 * an error, so it is rejected.
 */
final class GgufExportCheck {
    /**
     * Number of layers of Gemma 2 27B and Gemma 3 27B, which use another divisor of the attention
     * scores.
     */
    private static final List<Integer> LAYERS_OF_27B = List.of(46, 62);

    private static final double LOCAL_THETA = 10_000;
    private static final double YARN_FAST = 32;
    private static final double YARN_SLOW = 1;

    private final ModelConfig config;
    private final Architecture architecture;

    private GgufExportCheck(ModelConfig config) {
        this.config = config;
        this.architecture = Architecture.of(config.family());
    }

    /**
     * The reason why a model cannot be written, as a phrase that follows the file's name; empty if
     * it can.
     */
    static Optional<String> refusal(ModelConfig config) {
        return Optional.ofNullable(new GgufExportCheck(config).refusal());
    }

    private @Nullable String refusal() {
        ArchitectureOptions switches = config.switches();
        boolean llama = architecture == Architecture.LLAMA;
        if ((switches.inputBias() && !llama && architecture != Architecture.QWEN2)
                || ((switches.outputBias() || switches.feedForwardBias()) && !llama)) {
            return "has biases, unlike llama.cpp's " + architecture.word();
        }
        if (architecture == Architecture.QWEN2 && config.heads() * config.headSize() != config.hiddenSize()) {
            return "its query projection has "
                    + config.heads() * config.headSize()
                    + " outputs, but llama.cpp's qwen2 expects hidden_size: "
                    + config.hiddenSize();
        }
        if (switches.gate() != (architecture.isGemma() ? ExpertGate.GELU_TANH : ExpertGate.SILU)) {
            return "has another gate than llama.cpp's " + architecture.word();
        }
        if (architecture.isGemma() && !config.tiedEmbeddings()) {
            return "has a separate output matrix, unlike llama.cpp's " + architecture.word();
        }
        Experts experts = switches.experts();
        if (experts != null && experts.count() < 2) {
            return "has one expert, which GGUF cannot distinguish from no experts";
        }
        String layers = layers();
        return layers != null ? layers : rope();
    }

    private @Nullable String layers() {
        ArchitectureOptions switches = config.switches();
        if (!rotations()
                        .equals(switches.attention().stream()
                                .map(LayerAttention::rotation)
                                .toList())
                || (architecture == Architecture.GEMMA3 && switches.localRopeTheta() != LOCAL_THETA)) {
            return "uses rotary positions in other layers than llama.cpp's " + architecture.word();
        }
        if (architecture.isGemma() && !windows().equals(switches.attention())) {
            return "uses a sliding window in other layers than llama.cpp's " + architecture.word();
        }
        if (architecture.isGemma() && switches.queryScalar() != queryScalar()) {
            return "divides attention scores by the square root of "
                    + switches.queryScalar()
                    + ", but llama.cpp divides by the square root of "
                    + queryScalar();
        }
        boolean capped = architecture == Architecture.GEMMA2;
        if (capped != (switches.attentionCap() > 0) || capped != (switches.outputCap() > 0)) {
            return (capped ? "has no" : "has") + " caps of logits, unlike llama.cpp's " + architecture.word();
        }
        return null;
    }

    /** The rotation of each layer in llama.cpp. */
    private List<Rotation> rotations() {
        return IntStream.range(0, config.layers())
                .mapToObj(layer -> switch (architecture) {
                    case SMOLLM3 -> (layer + 1) % 4 == 0 ? Rotation.NONE : Rotation.MAIN;
                    case GEMMA3 -> isLocal(layer) ? Rotation.LOCAL : Rotation.MAIN;
                    default -> Rotation.MAIN;
                })
                .toList();
    }

    private List<LayerAttention> windows() {
        List<Rotation> rotations = rotations();
        return IntStream.range(0, config.layers())
                .mapToObj(layer -> new LayerAttention(
                        isLocal(layer) ? window(config) : LayerAttention.UNLIMITED, rotations.get(layer)))
                .toList();
    }

    /** Whether llama.cpp uses a sliding window in this layer of a Gemma. */
    private boolean isLocal(int layer) {
        return architecture == Architecture.GEMMA2 ? layer % 2 == 0 : (layer + 1) % 6 != 0;
    }

    private double queryScalar() {
        return LAYERS_OF_27B.contains(config.layers())
                ? (double) config.hiddenSize() / config.heads()
                : config.headSize();
    }

    private @Nullable String rope() {
        RopeScaling scaling = config.ropeScaling();
        if (scaling instanceof RopeScaling.Llama3 && architecture != Architecture.LLAMA) {
            return "scales positions like Llama 3, unlike llama.cpp's " + architecture.word();
        }
        if (scaling instanceof RopeScaling.Yarn yarn) {
            double usual = yarn.factor() <= 1 ? 1 : 0.1 * StrictMath.log(yarn.factor()) + 1;
            boolean plain = yarn.fastTurns() == YARN_FAST
                    && yarn.slowTurns() == YARN_SLOW
                    && yarn.truncated()
                    && Math.abs(yarn.magnitude() - usual) < 1e-6;
            if (!plain) {
                return "scales positions by YaRN with its own constants, which GGUF cannot express";
            }
        }
        return null;
    }

    /** The shortest window of a model; unlimited without windows. */
    static int window(ModelConfig config) {
        return config.switches().attention().stream()
                .mapToInt(LayerAttention::window)
                .min()
                .orElse(LayerAttention.UNLIMITED);
    }
}
