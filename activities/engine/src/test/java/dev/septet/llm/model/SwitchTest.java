package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.FamilyParityTest;
import dev.septet.llm.model.program.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tiny models of {@link FamilyParityTest} notice each switch: with one of them turned, they
 * compute something else than transformers did.
 */
class SwitchTest {
    private static final double NOTICED = 20 * 2e-4; // of what parity tolerates

    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama|\"attention_bias\": true|\"attention_bias\": false",
                "llama|\"mlp_bias\": true|\"mlp_bias\": false",
                "llama|\"factor\": 2.0|\"factor\": 1.0",
                "mistral|\"sliding_window\": 4|\"sliding_window\": null",
                "mistral|\"sliding_window\": 4|\"sliding_window\": 5",
                "mixtral|\"num_experts_per_tok\": 2|\"num_experts_per_tok\": 1",
                "qwen2|\"model_type\": \"qwen2\"|\"model_type\": \"smollm3\", \"no_rope_layers\":" + " [1, 1]",
                "qwen2|\"use_sliding_window\": true|\"use_sliding_window\": false",
                "qwen2|\"factor\": 4.0|\"factor\": 4.0, \"attention_factor\": 1.0",
                "qwen2|\"factor\": 4.0|\"factor\": 4.0, \"beta_fast\": 1.1",
                "qwen3|\"attention_bias\": true|\"attention_bias\": false",
                "qwen3|\"model_type\": \"qwen3\"|\"model_type\": \"llama\"",
                "smollm3|\"no_rope_layer_interval\"|\"no_rope_layers\": [1, 1, 1, 1], \"interval\"",
                "gemma2|\"attn_logit_softcapping\": 2.0|\"attn_logit_softcapping\": null",
                "gemma2|\"final_logit_softcapping\": 3.0|\"final_logit_softcapping\": null",
                "gemma2|\"query_pre_attn_scalar\": 12|\"query_pre_attn_scalar\": 8",
                "gemma2|\"sliding_window\": 4|\"sliding_window\": null",
                "gemma2|gelu_pytorch_tanh|silu",
                "gemma2|\"model_type\": \"gemma2\"|\"model_type\": \"llama\"",
                "gemma3|\"rope_theta\": 1000.0|\"rope_theta\": 100000.0",
                "gemma3|\"factor\": 4.0|\"factor\": 1.0",
                "gemma3|\"sliding_window\": 4|\"sliding_window\": null",
                "gemma3|\"model_type\": \"gemma3_text\"|\"model_type\": \"gemma2\"",
            })
    void isNoticed(String name, String from, String to) throws IOException {
        GoldenModel golden = GoldenModel.family(name);
        for (String file : List.of("model.safetensors", "tokenizer.json")) {
            Files.copy(golden.folder().resolve(file), temporary.resolve(file));
        }
        String config = Files.readString(golden.folder().resolve("config.json"));
        assertThat(config).contains(from);
        String turned = config.replace(from, to);
        if (to.contains("no_rope_layers")) {
            turned = turned.replaceAll("\"no_rope_layers\": \\[[^\\]]*\\n[^\\]]*],", "");
        }
        Files.writeString(temporary.resolve("config.json"), turned);
        float[] expected = golden.tensor("logits.0");
        double max = 0;
        try (LanguageModel model = LanguageModel.open(temporary, ComputePrecision.FLOAT32, Optional.empty())) {
            float[][] actual = model.logits(golden.rows().get(0));
            for (int i = 0; i < expected.length; i++) {
                float logit = actual[i / actual[0].length][i % actual[0].length];
                max = Math.max(max, Math.abs(logit - expected[i]));
            }
        }
        assertThat(max).isGreaterThan(NOTICED);
    }
}
