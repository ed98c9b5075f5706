package dev.septet.llm.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FolderDigest;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.Tiny;
import dev.septet.llm.generate.Generated;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.Generator;
import dev.septet.llm.generate.sampling.StopIds;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.quantize.Divergence;
import dev.septet.llm.template.ChatEncoder;
import dev.septet.llm.template.ChatMessage;
import dev.septet.llm.template.ChatTemplate;
import dev.septet.llm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real model's GGUF becomes a model folder, and computes what transformers computes from the same
 * file.
 */
@Tag("long")
class SmolLm2Test {
    private static final double TOLERANCE = 2e-4;
    private static final List<String> TEXTS = List.of(
            "It's 2024-05-17; they'll pay $1,234.56 (12.5 %)?!  \n\n\tdef f(x):\n        return x**2 # ½",
            "Où est l'été? Straße №5, 東京は晴れです。 ١٢٣ 😀👍🏽 naïve — “quoted” …\u00a0x",
            "<|im_start|>system\nYou are helpful.<|im_end|>\n<|im_start|>user\n  hi  <|im_end|>\n");

    /** Of llama.cpp by the file in 16 bits, in nats; RESULTS.md of the benchmarks has 5e-6. */
    private static final double F16_DIVERGENCE = 1e-5;

    /**
     * The same by all forms, on other texts, from what keeps most to what keeps least. Measured
     * were 9.8e-6, 0.0065, 0.092 and 0.60.
     */
    private static final List<Map.Entry<GgufForm, Double>> BOUNDS = List.of(
            Map.entry(GgufForm.F16, 2e-5),
            Map.entry(GgufForm.Q8_0, 0.012),
            Map.entry(GgufForm.Q4_K_M, 0.18),
            Map.entry(GgufForm.Q4_0, 1.0));

    private static final float MARGIN = 0.05f;

    private static final List<String> BEGINNINGS = List.of(
            "The capital of France is",
            "Water boils at",
            "In the morning she walked to",
            "def add(a, b):",
            "The printer on the third floor",
            "Two plus two is",
            "My favourite season is",
            "He opened the door and",
            "The sun rises in the",
            "To bake bread you need",
            "Once upon a time there was",
            "The opposite of hot is",
            "A week has seven",
            "import numpy as",
            "The largest planet is",
            "Please send the invoice to",
            "The cat sat on the",
            "In 1969 humans landed on",
            "Paris, London, Berlin and",
            "for i in range(10):");

    @TempDir
    static Path temporary;

    private static Path folder = Path.of("");

    @BeforeAll
    static void convert() throws Exception {
        folder = temporary.resolve("smollm2");
        assertThat(FolderDigest.ofFile(PackagedModel.SMOLLM2.gguf())).isEqualTo(PackagedModel.SMOLLM2.sha256());
        GgufImport.write(PackagedModel.SMOLLM2.gguf(), folder, ElementType.F32);
    }

    @Test
    void isACompleteModelFolder() {
        ModelFolder model = ModelFolder.open(folder);
        assertThat(model.parameters()).isEqualTo(134_515_008);
        assertThat(model.license()).contains("apache-2.0");
        assertThat(model.chatTemplate().orElseThrow()).contains("named SmolLM, trained by Hugging Face");
        assertThat(model.config().path("rms_norm_eps").asDouble()).isEqualTo(1e-5);
        assertThat(model.config().path("rope_theta").asDouble()).isEqualTo(100_000);
    }

    @Test
    void logitsEqualTransformers() throws Exception {
        JsonNode golden =
                new ObjectMapper().readTree(Tiny.resource("smollm2/logits.json").toFile());
        int stride = golden.path("stride").asInt();
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
                Tokenizer tokenizer = Tokenizer.open(folder)) {
            for (JsonNode item : golden.path("cases")) {
                int[] ids = ints(item.path("ids"));
                assertThat(tokenizer.encodeTemplate(item.path("text").asText())).containsExactly(ids);
                float[][] logits = model.logits(ids);
                for (JsonNode position : item.path("positions")) {
                    assertClose(logits[position.path("at").asInt()], position, stride);
                }
            }
        }
    }

    private static void assertClose(float[] logits, JsonNode position, int stride) {
        JsonNode kept = position.path("kept");
        assertThat(kept).hasSizeGreaterThan(60);
        for (int i = 0; i < kept.size(); i++) {
            assertThat((double) logits[i * stride]).isCloseTo(kept.get(i).asDouble(), within(TOLERANCE));
        }
        int[] top = ints(position.path("topIds"));
        for (int i = 0; i < top.length; i++) {
            double expected = position.path("top").get(i).asDouble();
            assertThat((double) logits[top[i]]).isCloseTo(expected, within(TOLERANCE));
        }
    }

    /** The template that the file carries, the tokens, and greedy answers in one uneven batch. */
    @Test
    void answersEqualTransformers() throws Exception {
        JsonNode golden = new ObjectMapper()
                .readTree(Tiny.resource("smollm2/answers.json").toFile());
        ChatTemplate template = ChatTemplate.of(folder);
        List<int[]> prompts = new ArrayList<>();
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
                Tokenizer tokenizer = Tokenizer.open(folder)) {
            ChatEncoder encoder = new ChatEncoder(template, tokenizer);
            for (JsonNode item : golden.path("cases")) {
                List<ChatMessage> messages = new ArrayList<>();
                for (JsonNode turn : item.path("messages")) {
                    messages.add(new ChatMessage(
                            turn.path("role").asText(), turn.path("content").asText()));
                }
                assertThat(template.render(messages, true))
                        .isEqualTo(item.path("text").asText());
                prompts.add(encoder.prompt(messages));
                assertThat(prompts.get(prompts.size() - 1)).isEqualTo(ints(item.path("ids")));
            }
            List<Generated> answers = new Generator(model, tokenizer, prompts.size())
                    .generate(
                            prompts,
                            GenerationOptions.greedy(golden.path("tokens").asInt(), StopIds.of(folder, tokenizer)));
            for (int i = 0; i < answers.size(); i++) {
                JsonNode expected = golden.path("cases").path(i);
                assertThat(answers.get(i).ids()).isEqualTo(ints(expected.path("answerIds")));
                assertThat(answers.get(i).text())
                        .isEqualTo(expected.path("answer").asText());
            }
            assertThat(answers.get(0).text()).isEqualTo("The capital of France is Paris.");
        }
    }

    @Test
    void llamaCppReadsTheSameTokensAndAnswers() throws Exception {
        try (LlamaCpp judge = new LlamaCpp(PackagedModel.SMOLLM2.gguf());
                Tokenizer tokenizer = Tokenizer.open(folder)) {
            for (String text : TEXTS) {
                assertThat(tokenizer.encodeTemplate(text)).as(text).containsExactly(judge.tokens(text));
            }
            String prompt = "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n";
            assertThat(judge.answer(prompt, 8, List.of())).contains("Paris");
        }
    }

    /**
     * Answers to twenty beginnings, each token won by a margin in float32: what two orders of sums,
     * and a file of 16 bits, may turn is not compared.
     */
    @Test
    void recentLlamaCppAnswersAsSeptetDoesByA16BitExport() throws Exception {
        Path gguf = temporary.resolve("f16.gguf");
        GgufExport.write(ModelFolder.open(folder), gguf, "smollm2", GgufForm.F16);
        List<int[]> prompts = new ArrayList<>();
        List<Generated> answers;
        List<Double> divergences = new ArrayList<>();
        int compared = 0;
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty());
                Tokenizer tokenizer = Tokenizer.open(folder);
                RecentLlamaCpp judge = RecentLlamaCpp.start(temporary)) {
            judge.open(gguf, 64);
            for (String beginning : BEGINNINGS) {
                prompts.add(tokenizer.encodeTemplate(beginning));
            }
            answers = new Generator(model, tokenizer, prompts.size())
                    .generate(prompts, GenerationOptions.greedy(6, Set.of()));
            for (int i = 0; i < prompts.size(); i++) {
                int[] prompt = prompts.get(i);
                int[] answer = answers.get(i).ids();
                int[] all = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer))
                        .toArray();
                float[][] mine = model.logits(all);
                float[][] others = judge.logits(all);
                for (int at = prompt.length; at < all.length; at++) {
                    if (margin(mine[at - 1]) > MARGIN) {
                        assertThat(Divergence.likeliest(others[at - 1]))
                                .as("%s, token %d", BEGINNINGS.get(i), at)
                                .isEqualTo(all[at]);
                        compared++;
                    }
                }
                for (int at = 0; at < all.length; at++) {
                    divergences.add(Divergence.at(mine[at], others[at]));
                }
            }
        }
        assertThat(answers).hasSize(20);
        assertThat(compared).isGreaterThan(110); // of 120
        assertThat(divergences.stream().mapToDouble(one -> one).average().orElseThrow())
                .isLessThan(F16_DIVERGENCE);
    }

    /**
     * What llama.cpp foretells by each form of an export, from what Septet foretells in float32.
     * RESULTS.md of the benchmarks has more texts.
     */
    @Test
    void noFormOfAnExportForetellsMuchElse() throws Exception {
        List<int[]> rows = new ArrayList<>();
        for (String golden : List.of("logits", "answers")) {
            Path file = Tiny.resource("smollm2/" + golden + ".json");
            for (JsonNode item : new ObjectMapper().readTree(file.toFile()).path("cases")) {
                rows.add(ints(item.path("ids")));
            }
        }
        List<float[]> exact = new ArrayList<>();
        try (LanguageModel model = LanguageModel.open(folder, ComputePrecision.FLOAT32, Optional.empty())) {
            for (int[] row : rows) {
                exact.addAll(List.of(model.logits(row)));
            }
        }
        Path gguf = temporary.resolve("form.gguf");
        double before = 0;
        try (RecentLlamaCpp judge = RecentLlamaCpp.start(temporary)) {
            for (Map.Entry<GgufForm, Double> bound : BOUNDS) {
                GgufForm form = bound.getKey();
                GgufExport.write(ModelFolder.open(folder), gguf, "smollm2", form);
                judge.open(gguf, 64);
                List<float[]> foretold = new ArrayList<>();
                for (int[] row : rows) {
                    foretold.addAll(List.of(judge.logits(row)));
                }
                double mean = Divergence.of(exact, foretold).mean();
                assertThat(mean)
                        .as(form.word())
                        .isGreaterThan(before) // each form keeps less than the one before
                        .isLessThan(bound.getValue());
                before = mean;
            }
        }
    }

    /** How much likelier, in logits, the likeliest token is than the next. */
    private static float margin(float[] logits) {
        int best = Divergence.likeliest(logits);
        float next = Float.NEGATIVE_INFINITY;
        for (int token = 0; token < logits.length; token++) {
            next = token == best ? next : Math.max(next, logits[token]);
        }
        return logits[best] - next;
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
