package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.CopiedModel;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.RopeScaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny model of each family, made by make.py, goes into a GGUF and comes back. */
class GgufFamiliesTest {
    @TempDir
    Path temp;

    /**
     * What the llama.cpp of these tests (March 2025) knows; Gemmas it runs only with as many layers
     * as Google has published.
     */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "mistral", "mixtral", "qwen2"})
    void llamaCppAnswersAsTransformersDoes(String family) throws Exception {
        Path gguf = temp.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(model(family)), gguf, family, GgufForm.F16);
        JsonNode golden = new ObjectMapper()
                .readTree(FamilyFolder.resource("families/" + family + ".json").toFile());
        GgufJudgeTest.assertAnswers(gguf, golden);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "mistral", "mixtral", "qwen2", "qwen3", "smollm3", "gemma2", "gemma3"})
    void comesBackAsTheSameModel(String family) throws Exception {
        ModelFolder model = ModelFolder.open(model(family));
        Path gguf = temp.resolve("model.gguf");
        GgufExport.write(model, gguf, family, GgufForm.F32);
        Path folder = temp.resolve("back");
        GgufImport.write(gguf, folder, ElementType.F32);
        ModelFolder back = ModelFolder.open(folder);

        assertThat(back.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(model.tensors().keySet());
        for (StoredTensor tensor : model.tensors().values()) {
            boolean shifted = family.startsWith("gemma") && tensor.name().endsWith("norm.weight");
            assertThat(back.tensor(tensor.name()).floats())
                    .as(tensor.name())
                    .usingComparatorWithPrecision(shifted ? 1.3e-7f : 0f) // 1 + w in float32
                    .containsExactly(tensor.floats());
        }
        ModelConfig before = ModelConfig.read(model.path());
        ModelConfig after = ModelConfig.read(folder);
        assertThat(after.switches().attention())
                .isEqualTo(
                        family.equals("mistral")
                                ? ModelConfig.read(model("llama")).switches().attention()
                                : before.switches().attention());
        assertThat(divisors(after)).containsExactly(divisors(before), within(2e-5f));
        assertThat(after.ropeTheta()).isEqualTo(before.ropeTheta());
        assertThat(after.parameters()).isEqualTo(before.parameters());
        assertThat(after.switches().queryScalar()).isEqualTo(before.switches().queryScalar());
        assertThat(after.switches().outputCap()).isEqualTo(before.switches().outputCap());
        assertThat(after.maxPositions()).isEqualTo(family.equals("mistral") ? 64 : 256);
    }

    /** Older Llamas store what follows from the config; llama.cpp's converter leaves it out too. */
    @Test
    void storedRotaryFrequenciesAreLeftOut() throws Exception {
        ModelFolder model = ModelFolder.open(model("llama"));
        Path old = CopiedModel.write(
                temp.resolve("old"),
                model,
                model.config(),
                TensorSource.floats("model.layers.0.self_attn.rotary_emb.inv_freq", ElementType.F32, new Shape(4), () ->
                        new float[] {1, 0.1f, 0.01f, 0.001f}));

        Path gguf = temp.resolve("old.gguf");
        GgufExport.write(ModelFolder.open(old), gguf, "llama", GgufForm.F16);

        Path plain = temp.resolve("plain.gguf");
        GgufExport.write(model, plain, "llama", GgufForm.F16);
        assertThat(gguf).hasSameBinaryContentAs(plain);
    }

    @Test
    void aMistralHasNoWindowWhereItsContextFitsIntoOne() throws Exception {
        Path gguf = temp.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(model("mistral")), gguf, "m", GgufForm.F16);
        assertThat(GgufFile.open(gguf).requiredText("general.architecture")).isEqualTo("llama");
        assertThat(GgufFile.open(gguf).integer("llama.context_length")).contains(64L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gemma3 | query_pre_attn_scalar | 12 | divides attention scores by the square root of"
                        + " 12.0, but llama.cpp divides by the square root of 8.0",
                "gemma2 | final_logit_softcapping | null | has no caps of logits, unlike" + " llama.cpp's gemma2",
                "gemma3 | layer_types |"
                        + " [\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\"]"
                        + " | uses rotary positions in other layers than llama.cpp's gemma3",
                "gemma2 | layer_types | SLIDING" + " | uses a sliding window in other layers than llama.cpp's gemma2",
                "smollm3 | no_rope_layers | [1,1,1,1] | uses rotary positions in other layers"
                        + " than llama.cpp's smollm3",
                "qwen3 | attention_bias | true | has biases, unlike llama.cpp's qwen3",
                "qwen2 | head_dim | 16 | its query projection has 64 outputs, but llama.cpp's qwen2"
                        + " expects hidden_size: 32",
                "gemma2 | hidden_activation | \"silu\" | has another gate than llama.cpp's gemma2",
                "gemma2 | tie_word_embeddings | false | has a separate output matrix, unlike" + " llama.cpp's gemma2",
                "qwen2 | rope_parameters |"
                        + " {\"rope_type\":\"llama3\",\"rope_theta\":10000.0,\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,\"original_max_position_embeddings\":32}"
                        + " | scales positions like Llama 3, unlike llama.cpp's qwen2",
                "llama | rope_parameters |"
                        + " {\"rope_type\":\"yarn\",\"rope_theta\":10000.0,\"factor\":8.0,\"beta_fast\":16,\"original_max_position_embeddings\":32}"
                        + " | scales positions by YaRN with its own constants, which GGUF cannot express"
            })
    void refusesWhatLlamaCppWouldComputeOtherwise(String family, String field, String value, String reason)
            throws Exception {
        Path folder = changed(family, config -> config.set(field, json(value)));
        ModelFolder model = ModelFolder.open(folder);
        assertThatThrownBy(() -> GgufExport.write(model, temp.resolve("x.gguf"), "x", GgufForm.F16))
                .isInstanceOf(FormatProblem.class)
                .hasMessage(folder.resolve("config.json") + ": " + reason);
    }

    private Path changed(String family, Consumer<ObjectNode> change) throws Exception {
        Path folder = model(family);
        ObjectNode config = ModelFolder.open(folder).config();
        change.accept(config);
        Path file = folder.resolve("config.json");
        Files.delete(file);
        Files.writeString(file, config.toString());
        return folder;
    }

    /** Llama 3's numbers are not the only ones that give a file's divisors. */
    private static float[] divisors(ModelConfig config) {
        if (config.ropeScaling() instanceof RopeScaling.Llama3 llama) {
            return RopeScalingKeys.divisors(llama, config.headSize(), config.ropeTheta());
        }
        float[] turned = new float[config.headSize() / 2];
        double[] ones = new double[turned.length];
        Arrays.fill(ones, 1);
        RopeScaling scaling = config.ropeScaling();
        for (int i = 0; i < turned.length; i++) {
            turned[i] = scaling == null ? 1 : (float) (1 / scaling.apply(ones, config.ropeTheta())[i]);
        }
        return turned;
    }

    private static JsonNode json(String text) {
        if (text.equals("SLIDING")) {
            return new ObjectMapper().valueToTree(Collections.nCopies(3, "sliding_attention"));
        }
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private Path model(String family) throws Exception {
        return FamilyFolder.tiny(temp, family);
    }
}
