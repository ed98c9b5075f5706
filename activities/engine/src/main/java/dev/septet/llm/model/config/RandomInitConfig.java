package dev.septet.llm.model.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The {@code config.json} of a new Llama, readable by transformers 4 and 5. */
public final class RandomInitConfig {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RandomInitConfig() {}

    /**
     * @param type element type of the weights, as torch names it
     */
    public static ObjectNode json(ModelConfig config, String type) {
        if (config.family() != Family.LLAMA
                || !config.switches().equals(ArchitectureOptions.plain(config.layers(), config.headSize()))) {
            throw new IllegalArgumentException("a fresh model is a plain Llama");
        }
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add(config.family().architecture());
        json.put("attention_bias", false);
        json.put("head_dim", config.headSize());
        json.put("hidden_act", "silu");
        json.put("hidden_size", config.hiddenSize());
        json.put("intermediate_size", config.feedForwardSize());
        json.put("max_position_embeddings", config.maxPositions());
        json.put("mlp_bias", false);
        json.put("model_type", config.family().modelType());
        json.put("num_attention_heads", config.heads());
        json.put("num_hidden_layers", config.layers());
        json.put("num_key_value_heads", config.keyValueHeads());
        json.put("rms_norm_eps", config.normEpsilon());
        json.put("rope_theta", config.ropeTheta());
        if (config.ropeScaling() != null) {
            json.set("rope_scaling", rope(config.ropeScaling()));
        }
        json.put("tie_word_embeddings", config.tiedEmbeddings());
        json.put("torch_dtype", type);
        json.put("vocab_size", config.vocabularySize());
        return json;
    }

    private static ObjectNode rope(RopeScaling scaling) {
        ObjectNode rope = JSON.createObjectNode();
        if (scaling instanceof RopeScaling.Linear linear) {
            rope.put("rope_type", "linear");
            rope.put("factor", linear.factor());
        } else if (scaling instanceof RopeScaling.Llama3 llama) {
            rope.put("rope_type", "llama3");
            rope.put("factor", llama.factor());
            rope.put("low_freq_factor", llama.lowFrequencyFactor());
            rope.put("high_freq_factor", llama.highFrequencyFactor());
            rope.put("original_max_position_embeddings", llama.originalPositions());
        } else if (scaling instanceof RopeScaling.Yarn yarn) {
            rope.put("rope_type", "yarn");
            rope.put("factor", yarn.factor());
            rope.put("beta_fast", yarn.fastTurns());
            rope.put("beta_slow", yarn.slowTurns());
            rope.put("original_max_position_embeddings", yarn.originalPositions());
            rope.put("attention_factor", yarn.magnitude());
            rope.put("truncate", yarn.truncated());
        }
        return rope;
    }
}
