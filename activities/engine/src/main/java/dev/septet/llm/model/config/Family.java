package dev.septet.llm.model.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The model families that the engine runs. All use one decoder with different {@link
 * ArchitectureOptions}. A field missing in {@code config.json} takes the default of the family's
 * class in transformers.
 */
public enum Family {
    /** Llama 1 to 3, SmolLM 1 and 2. */
    LLAMA("llama", "LlamaForCausalLM", 10_000, false),
    /** Llama with sliding-window attention. */
    MISTRAL("mistral", "MistralForCausalLM", 10_000, false),
    /** Mistral with a mixture of experts in place of the feed-forward network. */
    MIXTRAL("mixtral", "MixtralForCausalLM", 1_000_000, false),
    /** Llama with biases on queries, keys and values. Qwen 2 and 2.5. */
    QWEN2("qwen2", "Qwen2ForCausalLM", 10_000, false),
    /** Llama with normalized queries and keys. */
    QWEN3("qwen3", "Qwen3ForCausalLM", 10_000, false),
    /** Llama without rotary positions in every fourth layer. */
    SMOLLM3("smollm3", "SmolLM3ForCausalLM", 2_000_000, true),
    /** Norms before and after each sublayer, soft-capped scores, a sliding window in every other layer. */
    GEMMA2("gemma2", "Gemma2ForCausalLM", 10_000, true),
    /** Gemma 2 with normalized queries and keys instead of caps, and two RoPE bases. */
    GEMMA3("gemma3_text", "Gemma3ForCausalLM", 1_000_000, true);

    private final String modelType;
    private final String architecture;
    private final double ropeTheta;
    private final boolean tied;

    Family(String modelType, String architecture, double ropeTheta, boolean tied) {
        this.modelType = modelType;
        this.architecture = architecture;
        this.ropeTheta = ropeTheta;
        this.tied = tied;
    }

    /** The family of config.json's {@code model_type}; empty if unknown. */
    static Optional<Family> of(String modelType) {
        return Arrays.stream(values())
                .filter(f -> f.modelType.equals(modelType))
                .findFirst();
    }

    /** All model types, for messages. */
    static String known() {
        return Arrays.stream(values()).map(Family::modelType).collect(Collectors.joining(", "));
    }

    /** The name in config.json's {@code model_type}. */
    public String modelType() {
        return modelType;
    }

    /** The name in config.json's {@code architectures}. */
    public String architecture() {
        return architecture;
    }

    /** Whether it is a Gemma: scaled embeddings, and norms that multiply by 1 + w. */
    public boolean isGemma() {
        return this == GEMMA2 || this == GEMMA3;
    }

    /** RoPE base when config.json does not set it. */
    double ropeTheta() {
        return ropeTheta;
    }

    /** Whether the output matrix is tied to the embedding when config.json does not set it. */
    boolean tied() {
        return tied;
    }
}
