package dev.septet.llm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.septet.llm.format.FormatProblem;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code config.json} as transformers writes it: version 4's flat names and version 5's. */
final class ConfigJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LARGEST = 1 << 20;

    private final Path file;
    private final JsonNode root;

    private ConfigJson(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    static ModelConfig read(Path file) {
        ConfigJson json = new ConfigJson(file, parse(file));
        try {
            return json.config();
        } catch (IllegalArgumentException e) {
            throw new FormatProblem(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static JsonNode parse(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new FormatProblem(file, "no such file; expected a Hugging Face model folder");
            }
            if (Files.size(file) > LARGEST) {
                throw new FormatProblem(file, "is larger than 1 MB; expected a model's numbers");
            }
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new FormatProblem(file, "expected a JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            throw new FormatProblem(file, "is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new FormatProblem(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private ModelConfig config() {
        require("model_type", "llama");
        require("hidden_act", "silu");
        forbid("attention_bias");
        forbid("mlp_bias");
        int hidden = whole("hidden_size");
        int heads = whole("num_attention_heads");
        return new ModelConfig(
                hidden,
                whole("num_hidden_layers"),
                heads,
                root.hasNonNull("num_key_value_heads") ? whole("num_key_value_heads") : heads,
                root.hasNonNull("head_dim") ? whole("head_dim") : hidden / Math.max(1, heads),
                whole("intermediate_size"),
                whole("vocab_size"),
                whole("max_position_embeddings"),
                number(root, "rms_norm_eps"),
                rope().path("rope_theta").asDouble(root.path("rope_theta").asDouble(10_000)),
                scaling(),
                root.path("tie_word_embeddings").asBoolean(false));
    }

    /** Version 5 keeps everything about rotary positions in one object, version 4 only scaling. */
    private JsonNode rope() {
        JsonNode five = root.path("rope_parameters");
        return five.isObject() ? five : root.path("rope_scaling");
    }

    private @Nullable RopeScaling scaling() {
        JsonNode rope = rope();
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        return switch (type) {
            case "default" -> null;
            case "llama3" ->
                    new RopeScaling(
                            number(rope, "factor"),
                            number(rope, "low_freq_factor"),
                            number(rope, "high_freq_factor"),
                            (int) number(rope, "original_max_position_embeddings"));
            default ->
                    throw new FormatProblem(
                            file, "rope type '" + type + "' is not known; known: default, llama3");
        };
    }

    private int whole(String name) {
        double value = number(root, name);
        if (value != Math.rint(value) || value < 1 || value > Integer.MAX_VALUE) {
            throw new FormatProblem(file, name + " must be a whole number above 0, is " + value);
        }
        return (int) value;
    }

    private double number(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isNumber()) {
            throw new FormatProblem(file, name + " must be a number, is " + shown(value));
        }
        return value.asDouble();
    }

    private void require(String name, String expected) {
        String found = root.path(name).asText("absent");
        if (!found.equals(expected)) {
            throw new FormatProblem(
                    file, name + " is '" + found + "'; this engine runs '" + expected + "'");
        }
    }

    private void forbid(String name) {
        if (root.path(name).asBoolean(false)) {
            throw new FormatProblem(file, name + " is true; this engine runs models without it");
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : value.toString();
    }

    /** The same numbers as transformers version 4 and 5 both read them. */
    static ObjectNode write(ModelConfig config, String type) {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add("LlamaForCausalLM");
        json.put("attention_bias", false);
        json.put("head_dim", config.headSize());
        json.put("hidden_act", "silu");
        json.put("hidden_size", config.hiddenSize());
        json.put("intermediate_size", config.feedForwardSize());
        json.put("max_position_embeddings", config.maxPositions());
        json.put("mlp_bias", false);
        json.put("model_type", "llama");
        json.put("num_attention_heads", config.heads());
        json.put("num_hidden_layers", config.layers());
        json.put("num_key_value_heads", config.keyValueHeads());
        json.put("rms_norm_eps", config.normEpsilon());
        json.put("rope_theta", config.ropeTheta());
        RopeScaling scaling = config.ropeScaling();
        if (scaling != null) {
            ObjectNode rope = json.putObject("rope_scaling");
            rope.put("rope_type", "llama3");
            rope.put("factor", scaling.factor());
            rope.put("low_freq_factor", scaling.lowFrequencyFactor());
            rope.put("high_freq_factor", scaling.highFrequencyFactor());
            rope.put("original_max_position_embeddings", scaling.originalPositions());
        }
        json.put("tie_word_embeddings", config.tiedEmbeddings());
        json.put("torch_dtype", type);
        json.put("vocab_size", config.vocabularySize());
        return json;
    }
}
