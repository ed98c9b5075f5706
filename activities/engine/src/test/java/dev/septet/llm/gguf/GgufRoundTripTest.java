package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.quantize.GgmlType;
import dev.septet.llm.quantize.QuantizationReport;
import dev.septet.llm.quantize.TensorError;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufRoundTripTest {
    private static final List<String> TEXTS = List.of(
            "The printer is jammed, isn't it?  2024-05-17\n\n  12345",
            "Où est la gare? Die Straße ist naß. 東京",
            "<|im_start|>user\nhi<|im_end|>\n");

    @TempDir
    Path folder;

    @Test
    void comesBackAsTheSameModel() throws Exception {
        ModelFolder base = ModelFolder.open(Tiny.base());
        Path gguf = folder.resolve("tiny.gguf");
        GgufExport.write(base, gguf, "tiny", GgufForm.F32);
        GgufImport.write(gguf, folder.resolve("back"), ElementType.F32);
        ModelFolder back = ModelFolder.open(folder.resolve("back"));

        assertThat(back.tensors()).containsExactlyInAnyOrderEntriesOf(base.tensors());
        assertThat(back.chatTemplate()).isEqualTo(base.chatTemplate());
        assertThat(back.license()).isEqualTo(base.license());
        ObjectNode config = back.config();
        for (String field : List.of(
                "architectures",
                "attention_bias",
                "bos_token_id",
                "eos_token_id",
                "head_dim",
                "hidden_act",
                "hidden_size",
                "intermediate_size",
                "max_position_embeddings",
                "mlp_bias",
                "model_type",
                "num_attention_heads",
                "num_hidden_layers",
                "num_key_value_heads",
                "pad_token_id",
                "rms_norm_eps",
                "tie_word_embeddings",
                "vocab_size")) {
            assertThat(config.path(field)).as(field).isEqualTo(base.config().path(field));
        }
        assertThat(config.path("rope_theta").asDouble()).isEqualTo(10_000);
        sameTokens(base, back);
    }

    private static void sameTokens(ModelFolder base, ModelFolder back) throws Exception {
        try (HuggingFaceTokenizer one = HuggingFaceTokenizer.newInstance(base.tokenizer());
                HuggingFaceTokenizer two = HuggingFaceTokenizer.newInstance(back.tokenizer())) {
            for (String text : TEXTS) {
                long[] ids = one.encode(text, true, false).getIds();
                assertThat(two.encode(text, true, false).getIds()).as(text).isEqualTo(ids);
                assertThat(two.decode(ids)).isEqualTo(one.decode(ids));
            }
        }
    }

    @Test
    void isTheSameFileEveryTime() throws Exception {
        ModelFolder base = ModelFolder.open(Tiny.base());
        for (String name : List.of("one.gguf", "two.gguf")) {
            GgufExport.write(base, folder.resolve(name), "tiny", GgufForm.Q8_0);
        }
        assertThat(folder.resolve("one.gguf")).hasSameBinaryContentAs(folder.resolve("two.gguf"));
    }

    @Test
    void saysWhatEightBitsCost() throws Exception {
        QuantizationReport report =
                GgufExport.write(ModelFolder.open(Tiny.base()), folder.resolve("tiny.gguf"), "tiny", GgufForm.Q8_0);

        assertThat(report.originalBytes()).isEqualTo(4 * 28_832);
        assertThat(report.compression()).isBetween(3.7, 3.8);
        assertThat(report.tensors()).hasSize(20);
        for (TensorError error : report.tensors()) {
            boolean exact = error.name().endsWith("norm.weight");
            assertThat(error.relative()).as(error.name()).isBetween(exact ? 0 : 0.003, exact ? 0 : 0.008);
        }
        assertThat(report.worst().orElseThrow().relative()).isLessThan(0.008);
    }

    @Test
    void holdsTheMetadataThatLlamaCppReads() throws Exception {
        Path file = folder.resolve("tiny.gguf");
        GgufExport.write(ModelFolder.open(Tiny.base()), file, "tiny", GgufForm.F16);
        GgufFile gguf = GgufFile.open(file);

        assertThat(gguf.metadata().keySet())
                .containsExactly(
                        "general.architecture",
                        "general.type",
                        "general.name",
                        "general.license",
                        "general.file_type",
                        "general.quantization_version",
                        "llama.block_count",
                        "llama.context_length",
                        "llama.embedding_length",
                        "llama.feed_forward_length",
                        "llama.attention.head_count",
                        "llama.attention.head_count_kv",
                        "llama.attention.key_length",
                        "llama.attention.value_length",
                        "llama.rope.freq_base",
                        "llama.attention.layer_norm_rms_epsilon",
                        "llama.rope.dimension_count",
                        "llama.vocab_size",
                        "tokenizer.ggml.model",
                        "tokenizer.ggml.pre",
                        "tokenizer.ggml.tokens",
                        "tokenizer.ggml.token_type",
                        "tokenizer.ggml.merges",
                        "tokenizer.ggml.bos_token_id",
                        "tokenizer.ggml.eos_token_id",
                        "tokenizer.ggml.unknown_token_id",
                        "tokenizer.ggml.padding_token_id",
                        "tokenizer.ggml.add_bos_token",
                        "tokenizer.ggml.add_eos_token",
                        "tokenizer.ggml.add_space_prefix",
                        "tokenizer.chat_template");
        assertThat(gguf.text("tokenizer.ggml.pre")).contains("gpt-2");
        assertThat(gguf.integer("tokenizer.ggml.eos_token_id")).contains(2L);
        assertThat(gguf.tensor("blk.1.attn_k.weight").type()).isEqualTo(GgmlType.F16);
        assertThat(gguf.tensor("blk.1.attn_norm.weight").type()).isEqualTo(GgmlType.F32);
    }

    @Test
    void refusesWeightsThatTheTypeCannotHold() throws Exception {
        ModelFolder base = ModelFolder.open(Tiny.base());
        List<TensorSource> tensors = base.tensors().values().stream()
                .map(tensor -> tensor.name().endsWith("embed_tokens.weight") ? huge(tensor) : TensorSource.of(tensor))
                .toList();
        ModelFolderWriter.write(folder.resolve("huge"), base.config(), tensors, base, Long.MAX_VALUE);

        ModelFolder model = ModelFolder.open(folder.resolve("huge"));
        assertThatThrownBy(() -> GgufExport.write(model, folder.resolve("huge.gguf"), "huge", GgufForm.F16))
                .isInstanceOf(FormatProblem.class)
                .hasMessageEndingWith("tensor model.embed_tokens.weight holds values that F16 cannot hold");
    }

    private static TensorSource huge(StoredTensor tensor) {
        float[] values = tensor.floats();
        values[7] = 1e6f;
        return TensorSource.floats(tensor.name(), ElementType.F32, tensor.shape(), () -> values);
    }

    @Test
    void refusesOtherArchitectures() throws Exception {
        ModelFolder base = ModelFolder.open(Tiny.base());
        ObjectNode config = base.config();
        config.putArray("architectures").add("MambaForCausalLM");
        Path other = folder.resolve("other");
        ModelFolderWriter.write(
                other,
                config,
                base.tensors().values().stream().map(TensorSource::of).toList(),
                base,
                Long.MAX_VALUE);

        assertThatThrownBy(() -> GgufExport.write(ModelFolder.open(other), folder.resolve("x"), "x", GgufForm.F16))
                .hasMessage(other.resolve("config.json")
                        + ": has the architecture MambaForCausalLM; for model_type llama, only"
                        + " LlamaForCausalLM can be written as GGUF here");
    }
}
