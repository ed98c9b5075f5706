package dev.septet.llm.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of a Llama model that both config.json and GGUF's metadata hold.
 *
 * @param layers blocks
 * @param context longest sequence in tokens
 * @param hidden width of the residual stream
 * @param inner width inside the feed-forward part
 * @param heads query heads
 * @param keyHeads key and value heads
 * @param headSize numbers per head, all of them rotated
 * @param ropeBase theta of the rotary embedding
 * @param normEpsilon added to the mean square before its root
 * @param vocabulary number of tokens
 */
record LlamaShape(
        int layers,
        long context,
        int hidden,
        int inner,
        int heads,
        int keyHeads,
        int headSize,
        double ropeBase,
        double normEpsilon,
        int vocabulary) {
    static final String ARCHITECTURE = "LlamaForCausalLM";

    /** From config.json, in the spelling of transformers 4 or 5. */
    static LlamaShape of(ModelFolder model) {
        Path file = model.path().resolve(ModelFolder.CONFIG);
        ObjectNode config = model.config();
        if (!model.architecture().equals(ARCHITECTURE)) {
            throw new FormatProblem(
                    file,
                    "is of a "
                            + model.architecture()
                            + "; only "
                            + ARCHITECTURE
                            + " is written as GGUF here");
        }
        require(file, "hidden_act", config.path("hidden_act").asText("silu"), "silu");
        JsonNode rope = rope(config);
        if (!RopeStretch.isKnown(rope)) {
            throw new FormatProblem(
                    file, "rotary positions are scaled by " + rope + "; known: llama3");
        }
        int heads = positive(file, config, "num_attention_heads");
        int hidden = positive(file, config, "hidden_size");
        return new LlamaShape(
                positive(file, config, "num_hidden_layers"),
                positive(file, config, "max_position_embeddings"),
                hidden,
                positive(file, config, "intermediate_size"),
                heads,
                config.hasNonNull("num_key_value_heads")
                        ? positive(file, config, "num_key_value_heads")
                        : heads,
                config.hasNonNull("head_dim") ? positive(file, config, "head_dim") : hidden / heads,
                rope.path("rope_theta").asDouble(config.path("rope_theta").asDouble(10_000)),
                config.path("rms_norm_eps").asDouble(1e-6),
                positive(file, config, "vocab_size"));
    }

    /** What config.json says about rotary positions: one object in transformers 5, two in 4. */
    static JsonNode rope(ObjectNode config) {
        JsonNode five = config.path("rope_parameters");
        return five.isObject() ? five : config.path("rope_scaling");
    }

    /** From a GGUF's metadata. */
    static LlamaShape of(GgufFile gguf) {
        String architecture = gguf.requiredText("general.architecture");
        if (!architecture.equals("llama")) {
            throw new FormatProblem(
                    gguf.file(), "is of architecture " + architecture + ", expected llama");
        }
        require(
                gguf.file(),
                "llama.rope.scaling.type",
                gguf.text("llama.rope.scaling.type").orElse("none"),
                "none");
        if (gguf.tensors().containsKey(RopeStretch.TENSOR)) {
            throw new FormatProblem(
                    gguf.file(),
                    "stretches its rotary positions, which config.json cannot say this way;"
                            + " take the model's own folder instead");
        }
        int heads = positive(gguf, "llama.attention.head_count");
        int hidden = positive(gguf, "llama.embedding_length");
        LlamaShape shape =
                new LlamaShape(
                        positive(gguf, "llama.block_count"),
                        positive(gguf, "llama.context_length"),
                        hidden,
                        positive(gguf, "llama.feed_forward_length"),
                        heads,
                        gguf.integer("llama.attention.head_count_kv").isPresent()
                                ? positive(gguf, "llama.attention.head_count_kv")
                                : heads,
                        gguf.integer("llama.attention.key_length").isPresent()
                                ? positive(gguf, "llama.attention.key_length")
                                : hidden / heads,
                        shortest(gguf.number("llama.rope.freq_base").orElse(10_000.0)),
                        shortest(
                                gguf.number("llama.attention.layer_norm_rms_epsilon").orElse(1e-5)),
                        gguf.requiredList("tokenizer.ggml.tokens", String.class).size());
        long rotated = gguf.integer("llama.rope.dimension_count").orElse((long) shape.headSize());
        if (rotated != shape.headSize()) {
            throw new FormatProblem(
                    gguf.file(),
                    "rotates only "
                            + rotated
                            + " of the "
                            + shape.headSize()
                            + " numbers of a head");
        }
        return shape;
    }

    /** As config.json says it, in the spelling that transformers 4 and 5 both read. */
    ObjectNode config() {
        ObjectNode config = StrictJson.MAPPER.createObjectNode();
        config.putArray("architectures").add(ARCHITECTURE);
        config.put("attention_bias", false);
        config.put("head_dim", headSize);
        config.put("hidden_act", "silu");
        config.put("hidden_size", hidden);
        config.put("intermediate_size", inner);
        config.put("max_position_embeddings", context);
        config.put("mlp_bias", false);
        config.put("model_type", "llama");
        config.put("num_attention_heads", heads);
        config.put("num_hidden_layers", layers);
        config.put("num_key_value_heads", keyHeads);
        config.put("rms_norm_eps", normEpsilon);
        config.put("rope_theta", ropeBase);
        config.put("vocab_size", vocabulary);
        return config;
    }

    /** As GGUF's metadata says it. */
    Map<String, GgufValue> metadata() {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("llama.block_count", GgufValue.uint32(layers));
        metadata.put("llama.context_length", GgufValue.uint32(context));
        metadata.put("llama.embedding_length", GgufValue.uint32(hidden));
        metadata.put("llama.feed_forward_length", GgufValue.uint32(inner));
        metadata.put("llama.attention.head_count", GgufValue.uint32(heads));
        metadata.put("llama.attention.head_count_kv", GgufValue.uint32(keyHeads));
        metadata.put("llama.attention.key_length", GgufValue.uint32(headSize));
        metadata.put("llama.attention.value_length", GgufValue.uint32(headSize));
        metadata.put("llama.rope.freq_base", GgufValue.float32((float) ropeBase));
        metadata.put(
                "llama.attention.layer_norm_rms_epsilon", GgufValue.float32((float) normEpsilon));
        metadata.put("llama.rope.dimension_count", GgufValue.uint32(headSize));
        metadata.put("llama.vocab_size", GgufValue.uint32(vocabulary));
        return metadata;
    }

    /** The shortest decimal that is this float32, so that 1e-5 comes back as 1e-5. */
    private static double shortest(double value) {
        return Double.parseDouble(Float.toString((float) value));
    }

    private static int positive(GgufFile gguf, String key) {
        long value = gguf.requiredInteger(key);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw new FormatProblem(
                    gguf.file(), key + " is " + value + ", expected a whole number of at least 1");
        }
        return (int) value;
    }

    private static int positive(Path file, ObjectNode config, String field) {
        JsonNode value = config.path(field);
        if (!value.isInt() || value.asInt() < 1) {
            throw new FormatProblem(
                    file, field + " is " + value + ", expected a whole number of at least 1");
        }
        return value.asInt();
    }

    private static void require(Path file, String field, String value, String expected) {
        if (!value.equals(expected)) {
            throw new FormatProblem(
                    file,
                    field + " is " + value + ", which is not supported; expected " + expected);
        }
    }
}
