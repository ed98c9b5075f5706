package dev.septet.llm.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.weights.RandomInitModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
    private static final String FLAT = """
        {"model_type": "llama", "hidden_act": "silu", "hidden_size": 576, "num_hidden_layers": 30,
         "num_attention_heads": 9, "num_key_value_heads": 3, "intermediate_size": 1536,
         "vocab_size": 49152, "max_position_embeddings": 8192, "rms_norm_eps": 1e-05,
         "rope_theta": 100000, "tie_word_embeddings": true}
        """;

    @TempDir
    Path temporary;

    @Test
    void readsTheFlatNamesOfVersionFour() throws IOException {
        ModelConfig config = read(FLAT);
        assertThat(config).isEqualTo(new ModelConfig(576, 30, 9, 3, 64, 1536, 49152, 8192, 1e-5, 100_000, null, true));
        assertThat(config.parameters()).isEqualTo(134_515_008); // SmolLM2-135M
    }

    @Test
    void readsTheNestedNamesOfVersionFive() {
        ModelConfig config = ModelConfig.read(GoldenModel.open("untied").folder());
        assertThat(config.ropeTheta()).isEqualTo(500_000);
        assertThat(config.headSize()).isEqualTo(24);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Llama3(4, 1, 4, 16));
        assertThat(config.tiedEmbeddings()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"llama\"|\"gpt2\"|model_type is 'gpt2'; this engine runs llama, mistral, mixtral,"
                        + " qwen2, qwen3, smollm3, gemma2, gemma3_text",
                "\"hidden_size\": 576|\"hidden_size\": 0.5|hidden_size must be a whole number above" + " 0, is 0.5",
                "\"hidden_size\": 576,||hidden_size must be a number, is missing",
                "\"num_key_value_heads\": 3|\"num_key_value_heads\": 2|num_attention_heads to be a" + " multiple",
                "\"silu\"|\"gelu\"|hidden_act is 'gelu'; this engine runs silu and" + " gelu_pytorch_tanh",
                "\"rope_theta\"|\"attention_bias\": 1, \"rope_theta\"|attention_bias must be true" + " or false, is 1",
                "\"rope_theta\"|\"quantization_config\": {\"bits\": 4},"
                        + " \"rope_theta\"|quantization_config is set; this engine runs models without"
                        + " it",
                "\"rope_theta\"|\"layer_types\": [\"chunked_attention\"],"
                        + " \"rope_theta\"|layer_types names 'chunked_attention'; this engine runs"
                        + " full_attention and sliding_attention",
                "\"rope_theta\"|\"layer_types\": [\"full_attention\"], \"rope_theta\"|layer_types"
                        + " and no_rope_layers with one entry per layer",
                "\"rope_theta\"|\"rope_scaling\": {\"type\": \"longrope\"}, \"rope_theta\"|rope"
                        + " type 'longrope' is not known; known: default, linear, llama3, yarn",
                "\"rope_theta\"|\"rope_scaling\": {\"partial_rotary_factor\": 0.5},"
                        + " \"rope_theta\"|partial_rotary_factor is 0.5",
                "\"rope_theta\"|\"partial_rotary_factor\": 0.25," + " \"rope_theta\"|partial_rotary_factor is 0.25",
                "{\"model_type\"|[\"model_type\"|is not JSON",
            })
    void explainsWhatItCannotRun(String from, String to, String message) {
        assertThatThrownBy(() -> read(FLAT.replace(from, to == null ? "" : to)))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message);
    }

    @Test
    void aFreshModelIsTheSameBytesEachTimeAndReadsBack() throws IOException {
        ModelConfig config =
                new ModelConfig(32, 2, 4, 2, 8, 48, 96, 64, 1e-5, 10_000, new RopeScaling.Llama3(4, 1, 4, 16), true);
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        RandomInitModel.write(first, config, ElementType.BF16, 5);
        RandomInitModel.write(second, config, ElementType.BF16, 5);
        assertThat(ModelConfig.read(first)).isEqualTo(config);
        assertThat(Files.readAllBytes(first.resolve("model.safetensors")))
                .isEqualTo(Files.readAllBytes(second.resolve("model.safetensors")))
                .hasSizeGreaterThan((int) (2 * config.parameters()));
    }

    private ModelConfig read(String json) throws IOException {
        Files.writeString(temporary.resolve("config.json"), json);
        return ModelConfig.read(temporary);
    }
}
