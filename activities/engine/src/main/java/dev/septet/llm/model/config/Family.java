package dev.septet.llm.model.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The model families that the engine runs: one decoder, whose {@link ArchitectureOptions} stand differently.
 * What a {@code config.json} leaves out is what the family's own code has there.
 */
public enum Family {
    /** Llama 1 to 3, SmolLM 1 and 2. */
    LLAMA("llama", "LlamaForCausalLM", 10_000, false),
    /** Llama with a sliding window. */
    MISTRAL("mistral", "MistralForCausalLM", 10_000, false),
    /** Mistral with a mixture of experts in place of the feed-forward network. */
    MIXTRAL("mixtral", "MixtralForCausalLM", 1_000_000, false),
    /** Llama with biases on queries, keys and values. Qwen 2 and 2.5. */
    QWEN2("qwen2", "Qwen2ForCausalLM", 10_000, false),
    /** Llama with normed queries and keys. */
    QWEN3("qwen3", "Qwen3ForCausalLM", 10_000, false),
    /** Llama without rotary positions in every fourth layer. */
    SMOLLM3("smollm3", "SmolLM3ForCausalLM", 2_000_000, true),
    /** Norms on both sides of each sublayer, capped scores, a window in every other layer. */
    GEMMA2("gemma2", "Gemma2ForCausalLM", 10_000, true),
    /** Gemma 2 with normed queries and keys instead of caps, and two rotary bases. */
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

    /** The family of config.json's {@code model_type}, empty where it is none of these. */
    static Optional<Family> of(String modelType) {
        return Arrays.stream(values())
                .filter(f -> f.modelType.equals(modelType))
                .findFirst();
    }

    /** All model types, for messages. */
    static String known() {
        return Arrays.stream(values()).map(Family::modelType).collect(Collectors.joining(", "));
    }

    /** As config.json's {@code model_type} has it. */
    public String modelType() {
        return modelType;
    }

    /** As config.json's {@code architectures} has it. */
    public String architecture() {
        return architecture;
    }

    /** Whether it is one of Google's: scaled embeddings, norms around one. */
    public boolean isGemma() {
        return this == GEMMA2 || this == GEMMA3;
    }

    /** Base of the rotary frequencies where config.json names none. */
    double ropeTheta() {
        return ropeTheta;
    }

    /** Whether output and embedding are one where config.json does not say so. */
    boolean tied() {
        return tied;
    }
}
