package dev.septet.llm.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.StrictJson;
import dev.septet.llm.model.config.Family;
import dev.septet.llm.model.config.RopeScaling;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The config.json of a GGUF file's model, in a form that transformers 4 and 5 both read. */
final class GgufConfig {
    private static final String LENGTHS = "attention.key_length";
    private static final double THETA = 10_000;
    private static final double LOCAL_THETA = 10_000;
    private static final double EPSILON = 1e-5;

    /** llama.cpp's defaults for a Gemma file that does not set the caps. */
    private static final double ATTENTION_CAP = 50;

    private static final double OUTPUT_CAP = 30;
    private static final long WINDOW = 4096;
    private static final List<Integer> LAYERS_OF_27B = List.of(46, 62);

    private final GgufFile gguf;
    private final Architecture architecture;
    private final Family family;
    private final ObjectNode config = StrictJson.MAPPER.createObjectNode();

    private GgufConfig(GgufFile gguf) {
        this.gguf = gguf;
        this.architecture = Architecture.of(gguf);
        this.family = family(gguf, architecture);
    }

    private static Family family(GgufFile gguf, Architecture architecture) {
        long experts = gguf.integer(architecture.key("expert_count")).orElse(0L);
        return switch (architecture) {
            case LLAMA -> experts > 0 ? Family.MIXTRAL : Family.LLAMA;
            case QWEN2 -> Family.QWEN2;
            case QWEN3 -> Family.QWEN3;
            case SMOLLM3 -> Family.SMOLLM3;
            case GEMMA2 -> Family.GEMMA2;
            case GEMMA3 -> Family.GEMMA3;
        };
    }

    /**
     * The config without the fields that come from the tokenizer.
     *
     * @param type element type of the weights
     * @throws FormatProblem when a value is missing or not supported
     */
    static ObjectNode of(GgufFile gguf, ElementType type) {
        return new GgufConfig(gguf).config(type);
    }

    private ObjectNode config(ElementType type) {
        int heads = positive("attention.head_count");
        int hidden = positive("embedding_length");
        int layers = positive("block_count");
        if (layers > gguf.tensors().size()) {
            throw new FormatProblem(
                    gguf.file(),
                    String.format(
                            Locale.ROOT,
                            "%s is %d, more layers than the file has tensors (%d)",
                            key("block_count"),
                            layers,
                            gguf.tensors().size()));
        }
        int headSize = has(LENGTHS) ? positive(LENGTHS) : hidden / heads;
        requireWholeHeads(headSize);
        config.putArray("architectures").add(family.architecture());
        config.put("attention_bias", hasTensor("blk.0.attn_q.bias") && family != Family.QWEN2);
        config.put("head_dim", headSize);
        config.put(
                architecture.isGemma() ? "hidden_activation" : "hidden_act",
                architecture.isGemma() ? "gelu_pytorch_tanh" : "silu");
        config.put("hidden_size", hidden);
        config.put("intermediate_size", positive("feed_forward_length"));
        config.put("max_position_embeddings", positive("context_length"));
        config.put("mlp_bias", hasTensor("blk.0.ffn_up.bias"));
        config.put("model_type", family.modelType());
        config.put("num_attention_heads", heads);
        config.put("num_hidden_layers", layers);
        config.put("num_key_value_heads", has("attention.head_count_kv") ? positive("attention.head_count_kv") : heads);
        config.put("rms_norm_eps", number("attention.layer_norm_rms_epsilon", EPSILON));
        config.put("rope_theta", number("rope.freq_base", THETA));
        config.put(
                "vocab_size",
                gguf.requiredList("tokenizer.ggml.tokens", String.class).size());
        config.put("tie_word_embeddings", !gguf.tensors().containsKey(TensorNames.HEAD));
        config.put("torch_dtype", type.torchName());
        rope(headSize);
        if (architecture.isGemma()) {
            gemma(layers, heads, hidden, headSize);
        }
        if (family == Family.MIXTRAL) {
            config.put("num_local_experts", positive("expert_count"));
            config.put("num_experts_per_tok", positive("expert_used_count"));
        }
        return config;
    }

    private void requireWholeHeads(int headSize) {
        long rotated = gguf.integer(key("rope.dimension_count")).orElse((long) headSize);
        long values = gguf.integer(key("attention.value_length")).orElse((long) headSize);
        if (rotated != headSize) {
            throw new FormatProblem(
                    gguf.file(),
                    "rotates " + rotated + " of the " + headSize
                            + " dimensions of a head; this engine rotates all of them");
        }
        if (values != headSize) {
            throw new FormatProblem(
                    gguf.file(),
                    "has value size " + values + " but key size " + headSize + "; this engine needs equal sizes");
        }
    }

    private void rope(int headSize) {
        String type = gguf.text(key("rope.scaling.type")).orElse("none");
        ObjectNode rope = StrictJson.MAPPER.createObjectNode();
        GgufTensor divisors = gguf.tensors().get(RopeScalingKeys.TENSOR);
        if (divisors != null && type.equals("none")) {
            llama3(rope, divisors, headSize);
        } else if (divisors == null && type.equals("linear")) {
            rope.put("rope_type", "linear").put("factor", number("rope.scaling.factor", 1));
        } else if (divisors == null && type.equals("yarn")) {
            rope.put("rope_type", "yarn").put("factor", number("rope.scaling.factor", 1));
            rope.put("original_max_position_embeddings", positive("rope.scaling.original_context_length"));
        } else if (divisors != null || !type.equals("none")) {
            throw new FormatProblem(
                    gguf.file(),
                    key("rope.scaling.type")
                            + " is "
                            + type
                            + (divisors == null ? "" : " beside divisors")
                            + ", which is not supported; expected none, linear or yarn");
        }
        if (!rope.isEmpty()) {
            config.set("rope_scaling", rope);
        }
    }

    private void llama3(ObjectNode rope, GgufTensor tensor, int headSize) {
        float[] divisors = tensor.floats();
        Optional<RopeScaling.Llama3> found = divisors.length == headSize / 2
                ? RopeScalingKeys.of(divisors, number("rope.freq_base", THETA))
                : Optional.empty();
        RopeScaling.Llama3 scaling = found.orElseThrow(() -> new FormatProblem(
                gguf.file(),
                "has a RoPE scaling that is not Llama 3's, and config.json"
                        + " cannot express it; use the model's original"
                        + " folder instead"));
        rope.put("rope_type", "llama3").put("factor", scaling.factor());
        rope.put("low_freq_factor", scaling.lowFrequencyFactor());
        rope.put("high_freq_factor", scaling.highFrequencyFactor());
        rope.put("original_max_position_embeddings", scaling.originalPositions());
    }

    private void gemma(int layers, int heads, int hidden, int headSize) {
        boolean second = architecture == Architecture.GEMMA2;
        boolean large = LAYERS_OF_27B.contains(layers) && hidden % heads == 0;
        config.put("query_pre_attn_scalar", large ? hidden / heads : headSize);
        config.put(
                "sliding_window", gguf.integer(key("attention.sliding_window")).orElse(WINDOW));
        ArrayNode kinds = config.putArray("layer_types");
        for (int layer = 0; layer < layers; layer++) {
            boolean sliding = second ? layer % 2 == 0 : (layer + 1) % 6 != 0;
            kinds.add(sliding ? "sliding_attention" : "full_attention");
        }
        if (second) {
            config.put("attn_logit_softcapping", number("attn_logit_softcapping", ATTENTION_CAP));
            config.put("final_logit_softcapping", number("final_logit_softcapping", OUTPUT_CAP));
        } else {
            config.put("rope_local_base_freq", number("rope.freq_base_swa", LOCAL_THETA));
        }
    }

    private String key(String name) {
        return architecture.key(name);
    }

    private boolean has(String name) {
        return gguf.metadata().containsKey(key(name));
    }

    private boolean hasTensor(String name) {
        return gguf.tensors().containsKey(name);
    }

    private int positive(String name) {
        long value = gguf.requiredInteger(key(name));
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw new FormatProblem(
                    gguf.file(), key(name) + " is " + value + ", expected a whole number of at least 1");
        }
        return (int) value;
    }

    /** The shortest decimal of the file's float32, so that 1e-5 is read as 1e-5. */
    private double number(String name, double usual) {
        double value = gguf.number(key(name)).orElse(usual);
        return Double.parseDouble(Float.toString((float) value));
    }
}
