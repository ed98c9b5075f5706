package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.tokenizer.bytelevel.PreTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp cuts text by each name as the tokenizer.json does from which the name was taken. */
@Tag("long")
class PreTokenizersTest {
    private static final int VOCABULARY = 640;
    private static final List<String> NAMES = List.of("gpt-2", "smollm", "llama-bpe", "qwen2", "default");
    private static final List<String> TEXTS = List.of(
            "I'll say: it's 12345 or 2024-05-17, isn't it?!",
            "They've   gone...\n\n\tif (x[10] == 007) { return y_1; }\r\n",
            "WE'LL PAY $1,234.56 + 20% <= 99^2 | a~b; he'D",
            "https://example.org/a?b=c&d=1#e (c) 2001\n   \n x",
            "Où est l'été? Straße №5, 東京は晴れです。",
            "١٢٣ ½ x² naïve — “quoted” …",
            "no\u00a0break\u3000wide 😀👍🏽",
            "  leading,   inner    and trailing   ",
            "\n\n\n",
            "<|im_start|>user\nhi 12<|im_end|>\n");

    @TempDir
    static Path common;

    private static RecentLlamaCpp recent;

    @TempDir
    Path folder;

    private Path model = Path.of("");
    private final ObjectMapper mapper = new ObjectMapper();

    @BeforeAll
    static void start() throws Exception {
        recent = RecentLlamaCpp.start(common);
    }

    @AfterAll
    static void end() throws Exception {
        recent.close();
    }

    @BeforeEach
    void makeAModelWhoseTokensCrossAllCuts() throws Exception {
        ModelFolder tiny = ModelFolder.open(Tiny.base());
        ObjectNode config = tiny.config();
        config.put("vocab_size", VOCABULARY);
        List<TensorSource> tensors = new ArrayList<>();
        for (StoredTensor tensor : tiny.tensors().values()) {
            tensors.add(
                    tensor.name().endsWith("embed_tokens.weight")
                            ? TensorSource.floats(
                                    tensor.name(), ElementType.F32, new Shape(VOCABULARY, 32), PreTokenizersTest::zeros)
                            : TensorSource.of(tensor));
        }
        model = folder.resolve("model");
        ModelFolderWriter.write(model, config, tensors, tiny, Long.MAX_VALUE);
    }

    private static float[] zeros() {
        return new float[VOCABULARY * 32];
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "qwen2", "default"})
    void llamaCppCutsAlike(String name) throws Exception {
        writeTokenizer(name);
        Path gguf = folder.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(model), gguf, "cuts", GgufForm.F16);

        assertThat(GgufFile.open(gguf).text("tokenizer.ggml.pre")).contains(name);
        recent.open(gguf, 64);
        try (LlamaCpp older = new LlamaCpp(gguf)) {
            for (String text : TEXTS) {
                assertThat(older.tokens(text)).as(text).containsExactly(ours(text));
                assertThat(recent.tokens(text)).as(text).containsExactly(ours(text));
            }
        }
    }

    @Test
    void everyNameCutsSomeTextItsOwnWay() throws Exception {
        Set<List<String>> seen = new HashSet<>();
        for (String name : NAMES) {
            writeTokenizer(name);
            List<String> all = new ArrayList<>();
            for (String text : TEXTS) {
                for (int id : ours(text)) {
                    all.add(Integer.toString(id));
                }
            }
            assertThat(seen.add(all)).as(name).isTrue();
        }
    }

    @Test
    void refusesWhatHasNoName() throws Exception {
        ObjectNode tokenizer = writeTokenizer("gpt-2");
        tokenizer.putObject("pre_tokenizer").put("type", "Whitespace");
        mapper.writeValue(model.resolve("tokenizer.json").toFile(), tokenizer);

        assertThatThrownBy(() -> GgufExport.write(ModelFolder.open(model), folder.resolve("x.gguf"), "x", GgufForm.F16))
                .isInstanceOf(FormatProblem.class)
                .hasMessage(model.resolve("tokenizer.json")
                        + ": has a pre-tokenizer that cannot be written as GGUF here:"
                        + " {\"type\":\"Whitespace\"}; known are gpt-2, smollm, llama-bpe,"
                        + " qwen2, default");
    }

    private ObjectNode writeTokenizer(String name) throws Exception {
        Path golden = Tiny.resource("cuts/tokenizer.json");
        ObjectNode tokenizer = (ObjectNode) mapper.readTree(golden.toFile());
        tokenizer.set("pre_tokenizer", PreTokenizers.json(golden, name));
        ((ObjectNode) tokenizer.path("model")).put("ignore_merges", PreTokenizers.wholeWordsFirst(name));
        Path file = model.resolve("tokenizer.json");
        Files.deleteIfExists(file);
        mapper.writeValue(file.toFile(), tokenizer);
        return tokenizer;
    }

    private int[] ours(String text) throws IOException {
        Map<String, String> options = Map.of("maxLength", "4096", "addSpecialTokens", "false");
        try (HuggingFaceTokenizer tokenizer =
                HuggingFaceTokenizer.newInstance(model.resolve("tokenizer.json"), options)) {
            long[] ids = tokenizer.encode(text).getIds();
            int[] out = new int[ids.length];
            for (int i = 0; i < ids.length; i++) {
                out[i] = (int) ids[i];
            }
            return out;
        }
    }
}
