package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.ModelFolderWriter;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.format.Tiny;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real llama.cpp loads what is exported, cuts text into the same tokens, and answers what
 * transformers answers.
 */
class GgufJudgeTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = GgufForm.class,
            names = {"F32", "F16", "BF16", "Q8_0"})
    void llamaCppAnswersAsTransformersDoes(GgufForm type) throws Exception {
        Path gguf = folder.resolve("tiny.gguf");
        GgufExport.write(ModelFolder.open(Tiny.base()), gguf, "tiny", type);
        assertAnswers(gguf, golden("tiny/greedy.json"));
    }

    @Test
    void llamaCppStretchesPositionsAsTransformersDoes() throws Exception {
        JsonNode golden = golden("tiny/greedy-llama3.json");
        ModelFolder tiny = ModelFolder.open(Tiny.base());
        ObjectNode config = tiny.config();
        config.set("rope_parameters", golden.path("rope"));
        Path stretched = folder.resolve("stretched");
        ModelFolderWriter.write(
                stretched,
                config,
                tiny.tensors().values().stream().map(TensorSource::of).toList(),
                tiny,
                Long.MAX_VALUE);
        Path gguf = folder.resolve("stretched.gguf");
        GgufExport.write(ModelFolder.open(stretched), gguf, "tiny", GgufForm.F32);
        assertAnswers(gguf, golden);
    }

    static void assertAnswers(Path gguf, JsonNode golden) {
        Set<Integer> allowed = StreamSupport.stream(golden.path("allowed").spliterator(), false)
                .map(JsonNode::asInt)
                .collect(Collectors.toSet());
        List<Integer> forbidden = IntStream.range(0, 320)
                .boxed()
                .filter(id -> !allowed.contains(id))
                .toList();
        try (LlamaCpp judge = new LlamaCpp(gguf)) {
            assertThat(golden.path("cases")).hasSizeGreaterThan(3);
            for (JsonNode item : golden.path("cases")) {
                String prompt = item.path("prompt").asText();
                int[] ids = StreamSupport.stream(item.path("promptIds").spliterator(), false)
                        .mapToInt(JsonNode::asInt)
                        .toArray();
                assertThat(judge.tokens(prompt)).as(prompt).containsExactly(ids);
                assertThat(judge.answer(prompt, golden.path("tokens").asInt(), forbidden))
                        .as(prompt)
                        .isEqualTo(item.path("answer").asText());
            }
        }
    }

    private static JsonNode golden(String name) throws Exception {
        return new ObjectMapper().readTree(Tiny.resource(name).toFile());
    }
}
