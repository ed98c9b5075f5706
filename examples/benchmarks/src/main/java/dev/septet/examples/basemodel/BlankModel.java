package dev.septet.examples.basemodel;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.runtime.CounterRandom;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes an untrained Llama: config.json, generation_config.json and random weights. */
final class BlankModel {
    /** Standard deviation of the weights, as in Llama's own code. */
    private static final double DEVIATION = 0.02;

    private final Sizes sizes;
    private final int vocabulary;
    private final long seed;
    private final List<TensorSource> tensors = new ArrayList<>();

    BlankModel(Sizes sizes, int vocabulary, long seed) {
        this.sizes = sizes;
        this.vocabulary = vocabulary;
        this.seed = seed;
    }

    void write(Path folder) throws IOException {
        json(folder.resolve("config.json"), config());
        json(folder.resolve("generation_config.json"), generation());
        matrix("model.embed_tokens.weight", vocabulary, sizes.hidden());
        for (int layer = 0; layer < sizes.layers(); layer++) {
            layer("model.layers." + layer + ".");
        }
        norm("model.norm.weight");
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
    }

    private void layer(String prefix) {
        int queries = sizes.heads() * sizes.headSize();
        int keys = sizes.keyValueHeads() * sizes.headSize();
        norm(prefix + "input_layernorm.weight");
        matrix(prefix + "self_attn.q_proj.weight", queries, sizes.hidden());
        matrix(prefix + "self_attn.k_proj.weight", keys, sizes.hidden());
        matrix(prefix + "self_attn.v_proj.weight", keys, sizes.hidden());
        matrix(prefix + "self_attn.o_proj.weight", sizes.hidden(), queries);
        norm(prefix + "post_attention_layernorm.weight");
        matrix(prefix + "mlp.gate_proj.weight", sizes.feedForward(), sizes.hidden());
        matrix(prefix + "mlp.up_proj.weight", sizes.feedForward(), sizes.hidden());
        matrix(prefix + "mlp.down_proj.weight", sizes.hidden(), sizes.feedForward());
    }

    private void matrix(String name, int rows, int columns) {
        CounterRandom random = CounterRandom.stream(seed, name);
        tensors.add(TensorSource.floats(name, ElementType.BF16, new Shape(rows, columns), () -> {
            float[] values = new float[rows * columns];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (DEVIATION * random.normal(i));
            }
            return values;
        }));
    }

    private void norm(String name) {
        tensors.add(TensorSource.floats(name, ElementType.BF16, new Shape(sizes.hidden()), () -> {
            float[] ones = new float[sizes.hidden()];
            Arrays.fill(ones, 1);
            return ones;
        }));
    }

    private ObjectNode config() {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.putArray("architectures").add("LlamaForCausalLM");
        return config.put("model_type", "llama")
                .put("vocab_size", vocabulary)
                .put("hidden_size", sizes.hidden())
                .put("intermediate_size", sizes.feedForward())
                .put("num_hidden_layers", sizes.layers())
                .put("num_attention_heads", sizes.heads())
                .put("num_key_value_heads", sizes.keyValueHeads())
                .put("head_dim", sizes.headSize())
                .put("max_position_embeddings", sizes.maxPositions())
                .put("hidden_act", "silu")
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("attention_bias", false)
                .put("mlp_bias", false)
                .put("tie_word_embeddings", true)
                .put("initializer_range", DEVIATION)
                .put("bos_token_id", 0)
                .put("eos_token_id", 2)
                .put("pad_token_id", 0)
                .put("torch_dtype", "bfloat16");
    }

    private static ObjectNode generation() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("bos_token_id", 0)
                .put("eos_token_id", 2)
                .put("pad_token_id", 0)
                .put("do_sample", false);
    }

    private static void json(Path file, ObjectNode json) throws IOException {
        String text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json);
        Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
    }
}
