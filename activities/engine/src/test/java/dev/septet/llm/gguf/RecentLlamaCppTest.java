package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.quantize.Divergence;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A recent llama.cpp reads every family's export in every form, and computes what Septet computes.
 * Where answers are compared, each token won by a margin of 0.05 in transformers (see make.py).
 */
@Tag("long")
class RecentLlamaCppTest {
    private static final int CONTEXT = 256;
    private static final int[] ROW =
            IntStream.range(0, 48).map(at -> (37 * at + 11) % 320).toArray();

    /**
     * KL in nats of llama.cpp's foretelling from Septet's of the same file, twice the greatest that
     * was measured. llama.cpp rounds what flows through the layers as it stores matrices: to 16
     * bits, or to 8 in blocks; a Gemma's gate it looks up in a table of 16 bits.
     */
    private static final Map<GgufForm, Double> ROUNDED_ON_THE_WAY = Map.of(
            GgufForm.F32, 6e-7,
            GgufForm.F16, 4e-6,
            GgufForm.BF16, 2e-4,
            GgufForm.Q8_0, 3e-3,
            GgufForm.Q4_0, 5e-3,
            GgufForm.Q4_K_M, 1e-2);

    /** The same from Septet's of the model that was exported: random weights bear rounding ill. */
    private static final Map<GgufForm, Double> ROUNDED = Map.of(
            GgufForm.F32, 6e-7,
            GgufForm.F16, 4e-6,
            GgufForm.BF16, 7e-4,
            GgufForm.Q8_0, 6e-3,
            GgufForm.Q4_0, 0.6,
            GgufForm.Q4_K_M, 0.5);

    /** Rounding may make a token choose another expert. */
    private static final double OTHER_EXPERTS = 5;

    @TempDir
    static Path temporary;

    private static RecentLlamaCpp judge;

    @BeforeAll
    static void start() throws Exception {
        judge = RecentLlamaCpp.start(temporary);
    }

    @AfterAll
    static void end() throws Exception {
        judge.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "mistral", "mixtral", "qwen2", "qwen3", "smollm3", "gemma2", "gemma3"})
    void answersAsTransformersAndSeptetDo(String family) throws Exception {
        Path folder = FamilyFolder.tiny(temporary, family);
        open(folder, GgufForm.F16);
        JsonNode golden = new ObjectMapper()
                .readTree(FamilyFolder.resource("families/" + family + ".json").toFile());
        Set<Integer> allowed = new TreeSet<>();
        golden.path("allowed").forEach(id -> allowed.add(id.asInt()));
        assertThat(golden.path("cases")).hasSizeGreaterThan(3);
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
                Tokenizer tokenizer = Tokenizer.open(folder)) {
            for (JsonNode item : golden.path("cases")) {
                String prompt = item.path("prompt").asText();
                int[] ids = ints(item.path("promptIds"));
                int[] answer = ints(item.path("answerIds"));
                assertThat(judge.tokens(prompt)).containsExactly(ids);
                assertThat(tokenizer.encodeTemplate(prompt)).containsExactly(ids);
                assertThat(judge.answer(ids, answer.length, Optional.of(allowed)))
                        .as(prompt)
                        .containsExactly(answer);
                int[] all = IntStream.concat(Arrays.stream(ids), Arrays.stream(answer))
                        .toArray();
                float[][] logits = model.logits(all);
                for (int at = 0; at < answer.length; at++) {
                    float[] row = logits[ids.length + at - 1];
                    assertThat(allowed.stream().max((a, b) -> Float.compare(row[a], row[b])))
                            .contains(answer[at]);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama", "mistral", "mixtral", "qwen2", "qwen3", "smollm3", "gemma2", "gemma3"})
    void foretellsAsSeptetDoesInEveryForm(String family) throws Exception {
        Path tiny = FamilyFolder.tiny(temporary, family);
        Path wide = FamilyFolder.wide(temporary, family);
        double patience = family.equals("mixtral") ? OTHER_EXPERTS : 1;
        for (GgufForm form : GgufForm.values()) {
            Path folder = form == GgufForm.Q4_K_M ? wide : tiny;
            List<float[]> exact = logits(folder);
            Path gguf = open(folder, form);
            List<float[]> theirs = List.of(judge.logits(ROW));
            Path back = temporary.resolve(family + "-" + form.word());
            GgufImport.write(gguf, back, ElementType.F32);
            List<float[]> ours = logits(back);
            assertThat(Divergence.of(ours, theirs).mean())
                    .as("%s, %s against what the file holds", family, form)
                    .isLessThan(patience * ROUNDED_ON_THE_WAY.getOrDefault(form, 0.0));
            assertThat(Divergence.of(exact, theirs).mean())
                    .as("%s, %s against the model", family, form)
                    .isLessThan(patience * ROUNDED.getOrDefault(form, 0.0));
        }
    }

    private static List<float[]> logits(Path folder) {
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty())) {
            return List.of(model.logits(ROW));
        }
    }

    private static Path open(Path folder, GgufForm form) throws Exception {
        Path gguf = temporary.resolve("model.gguf");
        GgufExport.write(ModelFolder.open(folder), gguf, "judged", form);
        judge.open(gguf, CONTEXT);
        return gguf;
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
