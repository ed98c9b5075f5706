package dev.septet.llm.model.config;

import static dev.septet.llm.model.config.LayerAttention.Rotation.LOCAL;
import static dev.septet.llm.model.config.LayerAttention.Rotation.MAIN;
import static dev.septet.llm.model.config.LayerAttention.Rotation.NONE;
import static dev.septet.llm.model.config.LayerAttention.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What config.json leaves unsaid: the hub's files in the spelling of transformers 4. */
class FamilyConfigTest {
    private static final String SIZES = """
        "hidden_size": 640, "num_hidden_layers": 18, "num_attention_heads": 4, "num_key_value_heads": 1,
        "intermediate_size": 2048, "vocab_size": 262144, "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-06\
        """;

    @TempDir
    Path temporary;

    @Test
    void gemma3HasTwoBasesAndSeesEverythingInEverySixthLayer() throws IOException {
        ModelConfig config = read("""
            "model_type": "gemma3_text", "head_dim": 256, "query_pre_attn_scalar": 256,
            "hidden_activation": "gelu_pytorch_tanh", "rope_theta": 1000000.0,
            "rope_local_base_freq": 10000.0, "_sliding_window_pattern": 6, "sliding_window": 512
            """);
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.ropeTheta()).isEqualTo(1_000_000);
        assertThat(config.parameters()).isEqualTo(268_098_176); // Gemma 3 270M
        ArchitectureOptions switches = config.switches();
        assertThat(switches.localRopeTheta()).isEqualTo(10_000);
        assertThat(switches.attention().subList(4, 7))
                .containsExactly(
                        new LayerAttention(512, LOCAL),
                        new LayerAttention(UNLIMITED, MAIN),
                        new LayerAttention(512, LOCAL));
        assertThat(switches.embeddingScale()).isCloseTo(25.298, within(1e-3));
        assertThat(switches.gate()).isEqualTo(ExpertGate.GELU_TANH);
        assertThat(switches.attentionCap() + switches.outputCap()).isZero();
        assertThat(switches.queryKeyNorm() && switches.sandwichNorms() && switches.offsetNorms())
                .isTrue();
        assertThat(config.isPlain(1)).isFalse();
    }

    @Test
    void gemma2CapsAndSeesAWindowInEveryOtherLayer() throws IOException {
        ModelConfig config = read("\"model_type\": \"gemma2\"");
        ArchitectureOptions switches = config.switches();
        assertThat(config.headSize()).isEqualTo(256);
        assertThat(switches.attentionCap()).isEqualTo(50);
        assertThat(switches.outputCap()).isEqualTo(30);
        assertThat(switches.queryKeyNorm()).isFalse();
        assertThat(switches.attention().subList(0, 2))
                .containsExactly(new LayerAttention(4096, MAIN), new LayerAttention(UNLIMITED, MAIN));
        ArchitectureOptions uncapped = read("\"model_type\": \"gemma2\", \"attn_logit_softcapping\": null")
                .switches();
        assertThat(uncapped.attentionCap()).isZero();
    }

    @Test
    void qwenNamesAWindowThatItDoesNotUse() throws IOException {
        ModelConfig two = read("""
            "model_type": "qwen2", "sliding_window": 32768, "max_window_layers": 9,
            "use_sliding_window": false, "rope_theta": 1000000.0
            """);
        assertThat(two.switches().inputBias()).isTrue();
        assertThat(two.switches().outputBias()).isFalse();
        assertThat(two.switches().attention()).containsOnly(LayerAttention.FULL);
        ModelConfig three = read("""
            "model_type": "qwen3", "sliding_window": 100, "max_window_layers": 17,
            "use_sliding_window": true
            """);
        assertThat(three.headSize()).isEqualTo(128);
        assertThat(three.switches().queryKeyNorm()).isTrue();
        assertThat(three.switches().attention().subList(16, 18))
                .containsExactly(LayerAttention.FULL, new LayerAttention(100, MAIN));
    }

    @Test
    void smolLm3KnowsNoPositionsInEveryFourthLayer() throws IOException {
        ModelConfig config = read("\"model_type\": \"smollm3\"");
        assertThat(config.ropeTheta()).isEqualTo(2_000_000);
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.switches().attention().stream().map(LayerAttention::rotation))
                .startsWith(MAIN, MAIN, MAIN, NONE, MAIN);
        assertThat(config.isPlain(1)).isFalse();
    }

    @Test
    void mistralIsALlamaWhereItsWindowHoldsTheRow() throws IOException {
        ModelConfig config = read("\"model_type\": \"mistral\", \"sliding_window\": 1024");
        assertThat(config.isPlain(1024)).isTrue();
        assertThat(config.isPlain(1025)).isFalse();
        ModelConfig open = read("\"model_type\": \"mistral\", \"sliding_window\": null");
        assertThat(open.isPlain(32_768)).isTrue();
    }

    @Test
    void mixtralsRouterHasALossOnlyWhereItIsAskedFor() throws IOException {
        String mixtral = """
            "model_type": "mixtral", "num_local_experts": 8, "num_experts_per_tok": 2,
            "router_aux_loss_coef": 0.02, "output_router_logits": %s
            """;
        assertThat(read(mixtral.formatted(false)).switches().experts()).isEqualTo(new Experts(8, 2, 0));
        assertThat(read(mixtral.formatted(true)).switches().experts()).isEqualTo(new Experts(8, 2, 0.02));
    }

    @Test
    void llamaMayHaveBiases() throws IOException {
        ModelConfig config = read("\"model_type\": \"llama\", \"attention_bias\": true, \"mlp_bias\": true");
        ArchitectureOptions switches = config.switches();
        assertThat(switches.inputBias() && switches.outputBias() && switches.feedForwardBias())
                .isTrue();
        assertThat(config.isPlain(1)).isFalse();
        assertThat(read("\"model_type\": \"llama\"").isPlain(32_768)).isTrue();
    }

    private ModelConfig read(String fields) throws IOException {
        Files.writeString(temporary.resolve("config.json"), "{" + SIZES + "," + fields + "}");
        return ModelConfig.read(temporary);
    }
}
