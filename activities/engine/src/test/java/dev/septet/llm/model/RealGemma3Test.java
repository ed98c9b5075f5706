package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.gguf.GgufExport;
import dev.septet.llm.gguf.GgufForm;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.gguf.PackagedModel;
import dev.septet.llm.gguf.RecentLlamaCpp;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Family;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.DecodingInput;
import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.quantize.Divergence;
import dev.septet.llm.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Gemma 3, dequantised from its GGUF, computes what transformers and llama.cpp compute from
 * the same weights; prompts shorter and longer than its window. See gemma3/make.py and llamacpp.py.
 */
@Tag("nightly")
class RealGemma3Test {
    private static final int BEGINNING = 2; // of a sequence; every Gemma prompt has it
    private static final double TOLERANCE = 3e-4; // logits are up to 30

    /** In nats; llama.cpp looks its gate up in a table of 16-bit numbers. */
    private static final double LLAMA_CPP = 0.02;

    /** In nats, mean over the 28 places of two texts; measured was 0.0075. */
    private static final double Q4_K_M = 0.02;

    @TempDir
    static Path temporary;

    private static Path folder = Path.of("");

    @BeforeAll
    static void convert() throws Exception {
        assertThat(FolderDigest.ofFile(PackagedModel.GEMMA3.gguf())).isEqualTo(PackagedModel.GEMMA3.sha256());
        folder = temporary.resolve("gemma3");
        GgufImport.write(PackagedModel.GEMMA3.gguf(), folder, ElementType.F32);
    }

    @Test
    void itsConfigIsReadFromTheFile() {
        ModelConfig config = ModelConfig.read(folder);
        assertThat(config.family()).isEqualTo(Family.GEMMA3);
        assertThat(config.parameters()).isEqualTo(268_098_176);
        assertThat(config.switches().attention().get(0).window()).isEqualTo(512);
    }

    @Test
    void logitsEqualTransformersAndLlamaCpp() throws Exception {
        JsonNode golden = golden("logits.json");
        JsonNode foretold = golden("llamacpp.json").path("cases");
        int stride = golden.path("stride").asInt();
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
                Tokenizer tokenizer = Tokenizer.open(folder)) {
            for (int i = 0; i < foretold.size(); i++) {
                JsonNode item = golden.path("cases").path(i);
                int[] ids = ints(item.path("ids"));
                assertThat(ids[0]).isEqualTo(BEGINNING);
                assertThat(tokenizer.encodeTemplate(item.path("text").asText()))
                        .containsExactly(Arrays.copyOfRange(ids, 1, ids.length));
                float[] last = new float[0];
                try (KvCache sequence = model.newSequence()) {
                    for (JsonNode position : item.path("positions")) {
                        last = scoresAt(
                                model, sequence, ids, position.path("at").asInt());
                        assertClose(last, position, stride);
                    }
                }
                assertForetold(last, foretold.path(i));
            }
        }
    }

    @Test
    void answersEqualTransformers() throws Exception {
        List<int[]> prompts = new ArrayList<>();
        List<int[]> answers = new ArrayList<>();
        for (JsonNode item : golden("logits.json").path("cases")) {
            if (!item.path("answer").isEmpty()) {
                prompts.add(ints(item.path("ids")));
                answers.add(ints(item.path("answer")));
            }
        }
        assertThat(answers).hasSize(2);
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
                Tokenizer tokenizer = Tokenizer.open(folder)) {
            GenerationOptions greedy = GenerationOptions.greedy(answers.get(0).length, Set.of());
            List<Generated> generated = new Generator(model, tokenizer, prompts.size()).generate(prompts, greedy);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(generated.get(i).ids()).isEqualTo(answers.get(i));
            }
            assertThat(generated.get(0).text()).isEqualTo(" the capital of the country of France.");
        }
    }

    /** Exported again: what llama.cpp answers by the file. */
    @Test
    void recentLlamaCppAnswersAlikeByAnExport() throws Exception {
        Path gguf = temporary.resolve("again.gguf");
        GgufExport.write(ModelFolder.open(folder), gguf, "gemma3", GgufForm.F16);
        try (RecentLlamaCpp judge = RecentLlamaCpp.start(temporary)) {
            judge.open(gguf, 64);
            int compared = 0;
            for (JsonNode item : golden("logits.json").path("cases")) {
                int[] answer = ints(item.path("answer"));
                if (answer.length > 0) {
                    int[] ids = ints(item.path("ids"));
                    assertThat(judge.tokensWithEnds(item.path("text").asText())).containsExactly(ids);
                    assertThat(judge.answer(ids, answer.length, Optional.empty()))
                            .isEqualTo(answer);
                    compared++;
                }
            }
            assertThat(compared).isEqualTo(2);
        }
    }

    /**
     * Exported again in the form that it came in: the second rounding finds scales of its own, and
     * llama.cpp rounds what flows through the layers as well.
     */
    @Test
    void recentLlamaCppForetellsAlikeByA4BitExport() throws Exception {
        Path gguf = temporary.resolve("again.gguf");
        GgufExport.write(ModelFolder.open(folder), gguf, "gemma3", GgufForm.Q4_K_M);
        List<float[]> exact = new ArrayList<>();
        List<float[]> foretold = new ArrayList<>();
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
                RecentLlamaCpp judge = RecentLlamaCpp.start(temporary)) {
            judge.open(gguf, 64);
            for (JsonNode item : golden("logits.json").path("cases")) {
                if (!item.path("answer").isEmpty()) {
                    int[] ids = ints(item.path("ids"));
                    exact.addAll(List.of(model.logits(ids)));
                    foretold.addAll(List.of(judge.logits(ids)));
                }
            }
        }
        assertThat(Divergence.of(exact, foretold).mean()).isLessThan(Q4_K_M);
    }

    /** Scores of the token after the one at a place, the sequence fed up to there. */
    private static float[] scoresAt(LanguageModel model, KvCache sequence, int[] ids, int at) {
        int[] piece = Arrays.copyOfRange(ids, sequence.length(), at + 1);
        DecodingInput feed = new DecodingInput(sequence, piece, 1, true, null);
        return model.decode(List.of(feed), model.config().vocabularySize())
                .get(0)
                .scores()[0];
    }

    private static void assertClose(float[] logits, JsonNode position, int stride) {
        JsonNode kept = position.path("kept");
        assertThat(kept).hasSizeGreaterThan(60);
        for (int i = 0; i < kept.size(); i++) {
            assertThat((double) logits[i * stride]).isCloseTo(kept.path(i).asDouble(), within(TOLERANCE));
        }
        int[] top = ints(position.path("topIds"));
        for (int i = 0; i < top.length; i++) {
            double expected = position.path("top").path(i).asDouble();
            assertThat((double) logits[top[i]]).isCloseTo(expected, within(TOLERANCE));
        }
    }

    private static void assertForetold(float[] logits, JsonNode foretold) {
        double highest = 0;
        for (float logit : logits) {
            highest = Math.max(highest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - highest);
        }
        int[] ids = ints(foretold.path("ids"));
        assertThat(ids).hasSize(8);
        for (int i = 0; i < ids.length; i++) {
            assertThat(logits[ids[i]] - highest - Math.log(sum))
                    .as("token %d", ids[i])
                    .isCloseTo(foretold.path("logProbabilities").path(i).asDouble(), within(LLAMA_CPP));
        }
    }

    private static JsonNode golden(String name) throws IOException {
        try (InputStream in = RealGemma3Test.class.getResourceAsStream("gemma3/" + name)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, name));
        }
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
