package dev.septet.examples.benchmarks.estimate;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.RandomInitModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Models of other families than Llama, with random weights, because only their sizes matter here.
 */
enum RandomFamily {
    /** Normalization of each head, and a vocabulary that is large compared with the layers. */
    QWEN3("""
        {"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "hidden_size": 384,
         "num_hidden_layers": 12, "num_attention_heads": 6, "num_key_value_heads": 2,
         "head_dim": 64, "intermediate_size": 1152, "vocab_size": 32768,
         "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 1000000,
         "hidden_act": "silu", "tie_word_embeddings": true}
        """),
    /** Soft-capping, sliding windows, and normalization before and after each block. */
    GEMMA2("""
        {"model_type": "gemma2", "architectures": ["Gemma2ForCausalLM"], "hidden_size": 384,
         "num_hidden_layers": 8, "num_attention_heads": 4, "num_key_value_heads": 2,
         "head_dim": 96, "intermediate_size": 1536, "vocab_size": 16384,
         "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 10000,
         "hidden_activation": "gelu_pytorch_tanh", "attn_logit_softcapping": 50.0,
         "final_logit_softcapping": 30.0, "query_pre_attn_scalar": 96, "sliding_window": 128,
         "tie_word_embeddings": true}
        """),
    /** Mixture of experts, and an output matrix that is not tied to the embedding. */
    MIXTRAL("""
        {"model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "hidden_size": 320,
         "num_hidden_layers": 8, "num_attention_heads": 5, "num_key_value_heads": 5,
         "head_dim": 64, "intermediate_size": 640, "vocab_size": 8192,
         "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 1000000,
         "hidden_act": "silu", "num_local_experts": 4, "num_experts_per_tok": 2,
         "tie_word_embeddings": false}
        """);

    private final String config;

    RandomFamily(String config) {
        this.config = config;
    }

    /** The model's display name. */
    String title() {
        return "random-" + name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Writes the model folder. It has no tokenizer, because the training rows are token ids. */
    Path write(Path parent) throws IOException {
        Path folder = Files.createDirectories(parent.resolve(title()));
        Files.writeString(folder.resolve("config.json"), config);
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        RandomInitModel.writeWeights(folder, ModelConfig.read(folder), ElementType.F32, 7);
        return folder;
    }
}
