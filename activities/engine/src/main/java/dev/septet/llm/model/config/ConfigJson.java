package dev.septet.llm.model.config;

import dev.septet.llm.format.FormatProblem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads {@code config.json} as transformers writes it, with the field names of version 4 or version 5. */
final class ConfigJson {
    /** Head size of families where it is not hidden size / heads. */
    private static final int QWEN3_HEAD = 128;

    private static final int GEMMA_HEAD = 256;

    private final ConfigFile json;
    private final Family family;
    private final RopeJson rope;

    private ConfigJson(ConfigFile json) {
        this.json = json;
        String type = json.text("model_type", "absent");
        this.family = Family.of(type)
                .orElseThrow(() -> new FormatProblem(
                        json.file(), "model_type is '" + type + "'; this engine runs " + Family.known()));
        this.rope = RopeJson.of(json, family);
    }

    static ModelConfig read(Path file) {
        try {
            return new ConfigJson(ConfigFile.open(file)).config();
        } catch (IllegalArgumentException e) {
            throw new FormatProblem(file, String.valueOf(e.getMessage()), e);
        }
    }

    private ModelConfig config() {
        json.forbid("quantization_config");
        json.forbid("use_bidirectional_attention");
        int hidden = json.whole("hidden_size");
        int heads = json.whole("num_attention_heads");
        int layers = json.whole("num_hidden_layers");
        SizeBounds.within("num_hidden_layers", layers, SizeBounds.LAYERS); // before lists of this length are allocated
        int headSize = json.whole("head_dim", defaultHead(hidden, heads));
        return new ModelConfig(
                family,
                hidden,
                layers,
                heads,
                json.whole("num_key_value_heads", heads),
                headSize,
                json.whole("intermediate_size"),
                json.whole("vocab_size"),
                json.whole("max_position_embeddings"),
                json.number("rms_norm_eps"),
                rope.theta(),
                rope.scaling(),
                json.flag("tie_word_embeddings", family.tied()),
                switches(hidden, layers, headSize));
    }

    /** The head size when {@code head_dim} is missing. */
    private int defaultHead(int hidden, int heads) {
        return switch (family) {
            case QWEN3 -> QWEN3_HEAD;
            case GEMMA2, GEMMA3 -> GEMMA_HEAD;
            default -> hidden / heads;
        };
    }

    private ArchitectureOptions switches(int hidden, int layers, int headSize) {
        boolean attentionBias = family != Family.MISTRAL && json.flag("attention_bias", false);
        boolean gemma = family.isGemma();
        return new ArchitectureOptions(
                attentionBias || family == Family.QWEN2,
                attentionBias && family != Family.QWEN2,
                json.flag("mlp_bias", false),
                family == Family.QWEN3 || family == Family.GEMMA3,
                gemma,
                gemma,
                gate(),
                gemma ? json.switched("attn_logit_softcapping", cap(50)) : 0,
                gemma ? json.switched("final_logit_softcapping", cap(30)) : 0,
                gemma ? Math.sqrt(hidden) : 1,
                gemma ? json.number("query_pre_attn_scalar", GEMMA_HEAD) : headSize,
                rope.localTheta(),
                LayerKinds.read(json, family, layers),
                experts());
    }

    /** A cap's default: Gemma 2 has caps by default, Gemma 3 has none. */
    private double cap(double gemma2) {
        return family == Family.GEMMA2 ? gemma2 : 0;
    }

    private ExpertGate gate() {
        ExpertGate usual = family.isGemma() ? ExpertGate.GELU_TANH : ExpertGate.SILU;
        String field = json.has("hidden_activation") ? "hidden_activation" : "hidden_act";
        String word = json.text(field, usual.word());
        return ExpertGate.of(word)
                .orElseThrow(() -> new FormatProblem(
                        json.file(),
                        field
                                + " is '"
                                + word
                                + "'; this engine runs "
                                + ExpertGate.SILU.word()
                                + " and "
                                + ExpertGate.GELU_TANH.word()));
    }

    private @Nullable Experts experts() {
        if (family != Family.MIXTRAL) {
            return null;
        }
        json.forbid("router_jitter_noise");
        boolean balanced = json.flag("output_router_logits", false);
        return new Experts(
                json.whole("num_local_experts", 8),
                json.whole("num_experts_per_tok", 2),
                balanced ? json.number("router_aux_loss_coef", 0.001) : 0);
    }
}
