package dev.septet.llm.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.LoraWeights;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.generate.AnswerListener;
import dev.septet.llm.generate.EngineSettings;
import dev.septet.llm.generate.GenerationEngine;
import dev.septet.llm.generate.GenerationHandle;
import dev.septet.llm.generate.GenerationOptions;
import dev.septet.llm.generate.GenerationRequest;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.program.Decoder;
import dev.septet.llm.model.program.DecodingInput;
import dev.septet.llm.model.program.KvCache;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.model.program.TopTokens;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.tokenizer.Tokenizer;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every family must do: compute what transformers and peft do on a tiny random model whose
 * switches all matter.
 */
public class FamilyParityTest {
    private static final double LOGITS = 2e-4;
    private static final double RELATIVE = 1e-4;
    private static final double ROUNDING = 0.08;
    private static final int TOKENS = 18; // that carry loss in the golden's rows

    @ParameterizedTest
    @EnumSource
    void logitsEqualTransformers(Family family) {
        GoldenModel golden = golden(family);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, false);
                LanguageModel adapted = open(golden, ComputePrecision.FLOAT32, true)) {
            assertThat(model.config().family()).isEqualTo(family);
            for (int i = 0; i < golden.rows().size(); i++) {
                assertClose(flat(model.logits(golden.rows().get(i))), golden.tensor("logits." + i), LOGITS);
            }
            assertClose(flat(adapted.logits(golden.rows().get(0))), golden.tensor("adapted.logits.0"), LOGITS);
        }
    }

    static List<Arguments> familiesKeptAndRecomputed() {
        return Arrays.stream(Family.values())
                .flatMap(family -> Stream.of(false, true).map(anew -> Arguments.of(family, anew)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("familiesKeptAndRecomputed")
    void fullGradientsEqualTorch(Family family, boolean recompute) {
        GoldenModel golden = golden(family);
        try (NDManager scope = Torch.newScope()) {
            Weights weights = weights(scope, golden, true);
            double loss = backward(scope, golden, weights, LoraAdapter.NONE, recompute);
            assertThat(loss).isCloseTo(golden.number("loss"), within(RELATIVE * golden.number("loss")));
            long expected = golden.tensors().tensors().stream()
                    .filter(tensor -> tensor.name().startsWith("gradient."))
                    .count();
            assertThat((long) weights.trainable().size()).isEqualTo(expected);
            weights.trainable().forEach((name, weight) -> assertGradient(golden, "gradient." + name, weight));
        }
    }

    @ParameterizedTest
    @MethodSource("familiesKeptAndRecomputed")
    void loraGradientsEqualPeft(Family family, boolean recompute) {
        GoldenModel golden = golden(family);
        try (NDManager scope = Torch.newScope()) {
            LoraAdapter adapter = adapter(scope, golden);
            double loss = backward(scope, golden, weights(scope, golden, false), adapter, recompute);
            assertThat(loss).isCloseTo(golden.number("adaptedLoss"), within(RELATIVE * golden.number("adaptedLoss")));
            assertThat(adapter.pairs()).hasSizeGreaterThanOrEqualTo(6);
            adapter.pairs().forEach((module, pair) -> {
                String a = "adapted.gradient." + PeftAdapter.nameOfA(module);
                String b = "adapted.gradient." + PeftAdapter.nameOfB(module);
                assertGradient(golden, a, pair.a());
                assertGradient(golden, b, pair.b());
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersEqualTransformersOneByOneAndTogether(Family family) throws Exception {
        GoldenModel golden = golden(family);
        URL tiny = Objects.requireNonNull(FormatProblem.class.getResource("tiny/base"));
        // Rows, prompt tokens a step and guesses ahead, so that sequences are fed in pieces.
        List<EngineSettings> settings =
                List.of(new EngineSettings(1, 8, 512, 0, 1, 0), new EngineSettings(3, 8, 4, 100, 1, 4));
        for (EngineSettings setting : settings) {
            try (Tokenizer tokenizer = Tokenizer.open(Path.of(tiny.toURI()));
                    GenerationEngine engine = new GenerationEngine(
                            open(golden, ComputePrecision.FLOAT32, false),
                            tokenizer,
                            name -> Optional.empty(),
                            setting)) {
                List<GenerationHandle> tickets = new ArrayList<>();
                for (int i = 0; i < golden.rows().size(); i++) {
                    int length = golden.answers().get(i).length;
                    GenerationOptions greedy = GenerationOptions.greedy(length, Set.of());
                    tickets.add(
                            engine.submit(GenerationRequest.of(golden.rows().get(i), greedy), AnswerListener.SILENT));
                }
                for (int i = 0; i < tickets.size(); i++) {
                    assertThat(tickets.get(i).await().answer().ids())
                            .as("row %d, %s", i, setting)
                            .isEqualTo(golden.answers().get(i));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void piecesOfARowEqualTheWholeWithAnAdapterToo(Family family) {
        GoldenModel golden = golden(family);
        int[] row = golden.rows().get(0);
        try (LanguageModel model = open(golden, ComputePrecision.FLOAT32, true);
                KvCache sequence = model.newSequence()) {
            float[][] whole = model.logits(row);
            int from = 0;
            for (int to : new int[] {1, 2, 8, 9, row.length}) {
                int[] piece = Arrays.copyOfRange(row, from, to);
                DecodingInput feed = new DecodingInput(sequence, piece, piece.length, true, null);
                TopTokens next = model.decode(List.of(feed), model.config().vocabularySize())
                        .get(0);
                for (int t = from; t < to; t++) {
                    assertClose(next.scores()[t - from], whole[t], LOGITS);
                }
                from = to;
            }
        }
    }

    /** Rows as short as these attend by plain products in bf16, by the fused kernel in float32. */
    @ParameterizedTest
    @EnumSource
    void bf16StaysNearFloat32(Family family) {
        GoldenModel golden = golden(family);
        try (LanguageModel exact = open(golden, ComputePrecision.FLOAT32, false);
                LanguageModel rounded = open(golden, ComputePrecision.BF16, false)) {
            int[] from = {1, 1, 1};
            List<float[]> expected = exact.logProbabilities(golden.rows(), from);
            List<float[]> actual = rounded.logProbabilities(golden.rows(), from);
            for (int i = 0; i < from.length; i++) {
                assertClose("row " + i, actual.get(i), expected.get(i), ROUNDING);
            }
        }
    }

    /** In bf16 rows longer than this attend by the fused kernel, with a mask where windows end. */
    @ParameterizedTest
    @EnumSource
    void longRowsStayNearFloat32InBf16(Family family) {
        GoldenModel golden = golden(family);
        int length = Decoder.shortRow(ComputePrecision.BF16) + 40;
        int[] row = new Random(5).ints(length, 0, 64).toArray();
        try (LanguageModel exact = open(golden, ComputePrecision.FLOAT32, false);
                LanguageModel rounded = open(golden, ComputePrecision.BF16, false)) {
            float[] expected =
                    exact.logProbabilities(List.of(row), new int[] {1}).get(0);
            float[] actual =
                    rounded.logProbabilities(List.of(row), new int[] {1}).get(0);
            double sum = 0;
            for (int i = 0; i < expected.length; i++) {
                sum += Math.abs(actual[i] - expected[i]);
            }
            assertThat(sum / expected.length).isLessThan(ROUNDING / 4);
        }
    }

    @Test
    void everyFamilyHasSomethingThatALlamaHasNot() {
        for (Family family : Family.values()) {
            assertThat(ModelConfig.read(golden(family).folder()).isPlain(10))
                    .as(family.modelType())
                    .isFalse();
        }
    }

    private static GoldenModel golden(Family family) {
        return GoldenModel.family(family.name().toLowerCase(Locale.ROOT));
    }

    private static LanguageModel open(GoldenModel golden, ComputePrecision precision, boolean adapted) {
        return LanguageModel.open(
                golden.folder(), precision, adapted ? Optional.of(golden.adapter()) : Optional.empty());
    }

    private static double backward(
            NDManager scope, GoldenModel golden, Weights weights, LoraAdapter adapter, boolean recompute) {
        ModelConfig config = ModelConfig.read(golden.folder());
        TokenBatch batch = TokenBatch.of(scope, config, golden.rows(), golden.masks());
        assertThat(batch.count()).isEqualTo(TOKENS);
        Decoder decoder = Decoder.compile(scope, config, ComputePrecision.FLOAT32, weights, adapter);
        NDArray noKeys = scope.create(new Shape(0), DataType.INT64);
        return decoder.backward(scope, batch, noKeys, TOKENS, recompute) / TOKENS;
    }

    private static Weights weights(NDManager scope, GoldenModel golden, boolean trainable) {
        return Weights.load(
                scope,
                ModelConfig.read(golden.folder()),
                ModelFolder.open(golden.folder()),
                ComputePrecision.FLOAT32,
                name -> trainable);
    }

    private static LoraAdapter adapter(NDManager scope, GoldenModel golden) {
        Map<String, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
        for (LoraWeights module : PeftAdapter.open(golden.adapter()).modules().values()) {
            pairs.put(module.module(), new LoraAdapter.Pair(leaf(scope, module.a()), leaf(scope, module.b())));
        }
        return new LoraAdapter(pairs, 2, 0); // alpha 4 / rank 2
    }

    private static NDArray leaf(NDManager scope, StoredTensor stored) {
        NDArray leaf = Torch.floats(scope, stored.floats(), stored.shape());
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** Difference below 1e-4 of the gradient's largest element, everywhere. */
    private static void assertGradient(GoldenModel golden, String name, NDArray parameter) {
        float[] expected = golden.tensor(name);
        double scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        assertClose(name, parameter.getGradient().toFloatArray(), expected, RELATIVE * scale);
    }

    private static float[] flat(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[i].length, rows[i].length);
        }
        return flat;
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertClose("", actual, expected, tolerance);
    }

    private static void assertClose(String name, float[] actual, float[] expected, double tolerance) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(tolerance));
        }
    }
}
