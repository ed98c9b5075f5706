package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Family;
import dev.septet.llm.model.program.LanguageModel;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a step computes does not depend on how its rows are batched: with rows of random lengths
 * (from the seed), up to the rounding of float32 sums; with recomputed activations, to the bit.
 */
@Tag("long")
class BatchInvariantsTest {
    private static final double RELATIVE = 1e-3;
    private static final Lora DROPPING = new Lora(4, 8, 0.3, List.of("q_proj", "up_proj", "down_proj"));

    @TempDir
    Path temporary;

    static List<Method> methods() {
        return List.of(new Full(), new Partial(1), Plans.LORA, DROPPING);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void togetherIsTheSumOfEachAlone(long seed) {
        List<TokenDataset.Row> rows = rows(seed, 7);
        Map<String, float[]> together = gradients(List.of(rows));
        assertClose(gradients(rows.stream().map(List::of).toList()), together);
        assertThat(together).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void orderAndGroupsDoNotMatter(long seed) {
        List<TokenDataset.Row> rows = rows(seed, 8);
        List<TokenDataset.Row> shuffled = new ArrayList<>();
        for (int at : CounterRandom.stream(seed, "shuffle").permutation(rows.size())) {
            shuffled.add(rows.get(at));
        }
        assertClose(gradients(List.of(shuffled.subList(0, 3), shuffled.subList(3, 8))), gradients(List.of(rows)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatStandsRightOfATokenDoesNotMatter(long seed) {
        List<TokenDataset.Row> rows = rows(seed, 5);
        List<TokenDataset.Row> longer = new ArrayList<>();
        for (TokenDataset.Row row : rows) {
            int[] tokens = Arrays.copyOf(row.tokens(), 45); // token 0 to the right, without loss
            longer.add(new TokenDataset.Row(tokens, Arrays.copyOf(row.mask(), 45)));
        }
        assertClose(gradients(List.of(longer)), gradients(List.of(rows)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void scoresDoNotDependOnCompany(long seed) {
        List<int[]> rows = rows(seed, 9).stream().map(TokenDataset.Row::tokens).toList();
        int[] from = IntStream.range(0, rows.size()).map(row -> 1).toArray();
        try (LanguageModel model = LanguageModel.open(folder(), ComputePrecision.FLOAT32, Optional.empty())) {
            List<float[]> together = model.logProbabilities(rows, from);
            for (int row = 0; row < rows.size(); row++) {
                float[] alone = model.logProbabilities(List.of(rows.get(row)), new int[] {1})
                        .get(0);
                assertThat(together.get(row)).hasSameSizeAs(alone);
                for (int t = 0; t < alone.length; t++) {
                    assertThat(together.get(row)[t]).isCloseTo(alone[t], within(1e-4f));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void accumulatedStepsEqualOneBigBatch(Method method) throws IOException {
        TokenDataset data = Plans.dataset(temporary.resolve("rows.safetensors"), rows(6, 40));
        TrainingPlan plan = Plans.of(method).batches(8, 1).plan();
        try (Trainer big = Trainer.open(plan, folder(), data, Optional.empty());
                Trainer small = Trainer.open(plan, folder(), data, Optional.empty());
                Trainer single = Trainer.open(plan, folder(), data, Optional.empty())) {
            small.setBudget(new MicroBatchBudget(90, false));
            single.setBudget(big.budget().halved(30).recomputing(true));
            for (int step = 0; step < 4; step++) {
                StepMetrics expected = big.step();
                for (StepMetrics actual : List.of(small.step(), single.step())) {
                    assertThat(actual.tokens()).isEqualTo(expected.tokens());
                    assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-4));
                    assertThat(actual.gradientNorm())
                            .isCloseTo(expected.gradientNorm(), within(RELATIVE * expected.gradientNorm()));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ComputePrecision.class)
    void recomputedActivationsGiveTheSameBits(ComputePrecision precision) throws IOException {
        TokenDataset data = Plans.dataset(temporary.resolve("rows.safetensors"), rows(7, 30));
        List<Plans> all = new ArrayList<>();
        methods().forEach(method -> all.add(Plans.of(method)));
        all.add(Plans.of(new Full()).freezing(0));
        all.add(Plans.of(Plans.LORA).freezing(1));
        for (int i = 0; i < all.size(); i++) {
            TrainingPlan plan = all.get(i).batches(6, 1).with(precision).plan();
            Path kept = Files.createDirectory(temporary.resolve("kept" + i));
            Path anew = Files.createDirectory(temporary.resolve("anew" + i));
            List<StepMetrics> expected = run(plan, data, new MicroBatchBudget(100, false), kept);
            assertThat(run(plan, data, new MicroBatchBudget(100, true), anew)).isEqualTo(expected);
            for (String file : List.of("trainable.safetensors", "optimizer.safetensors")) {
                assertThat(anew.resolve(file))
                        .as("%s of %s", file, plan.method())
                        .hasSameBinaryContentAs(kept.resolve(file));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void recomputedActivationsGiveTheSameBitsInEvery(Family family) throws IOException {
        GoldenModel golden = GoldenModel.family(family.name().toLowerCase(Locale.ROOT));
        TokenDataset data = Plans.data(temporary, golden);
        Lora lora = new Lora(4, 8, 0.3, List.of("q_proj", "v_proj", "o_proj"));
        for (Method method : List.of(new Full(), lora)) {
            TrainingPlan plan = Plans.of(method).plan();
            try (Trainer kept = Trainer.open(plan, golden.folder(), data, Optional.empty());
                    Trainer anew = Trainer.open(plan, golden.folder(), data, Optional.empty())) {
                anew.setBudget(anew.budget().recomputing(true));
                for (int step = 0; step < 3; step++) {
                    assertThat(anew.step()).isEqualTo(kept.step());
                }
            }
        }
    }

    private static List<StepMetrics> run(TrainingPlan plan, TokenDataset data, MicroBatchBudget budget, Path folder)
            throws IOException {
        try (Trainer trainer = Trainer.open(plan, folder(), data, Optional.empty())) {
            trainer.setBudget(budget);
            List<StepMetrics> metrics = new ArrayList<>();
            for (int step = 0; step < 3; step++) {
                metrics.add(trainer.step());
            }
            trainer.save(folder);
            return metrics;
        }
    }

    /** Of every weight and of a LoRA pair's matrices, summed over batches. */
    private static Map<String, float[]> gradients(List<List<TokenDataset.Row>> batches) {
        try (NDManager scope = Torch.newScope()) {
            TrainableModel model =
                    TrainableModel.open(scope, Plans.of(new Full()).plan(), folder());
            for (List<TokenDataset.Row> rows : batches) {
                TokenBatch batch = SequenceLogProbabilities.batch(scope, model.config(), rows);
                NDArray keys = new DropoutKeys(1, false).of(scope, 0, List.of(), place -> 0);
                model.program().backward(scope, batch, keys, 50, false);
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            model.parameters()
                    .forEach((name, tensor) ->
                            gradients.put(name, tensor.getGradient().toFloatArray()));
            return gradients;
        }
    }

    private static void assertClose(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> {
            float largest = 0;
            for (float value : values) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(actual.get(name)).as(name).containsExactly(values, within((float) RELATIVE * largest));
        });
    }

    /** Rows of 2 to 40 tokens, often of equal length; the last token of each carries loss. */
    private static List<TokenDataset.Row> rows(long seed, int count) {
        CounterRandom random = CounterRandom.stream(seed, "rows");
        List<TokenDataset.Row> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            CounterRandom own = random.at(row);
            int length = own.below(4, 0) == 0 ? 17 : 2 + own.below(39, 1);
            int[] tokens = new int[length];
            byte[] mask = new byte[length];
            for (int t = 0; t < length; t++) {
                tokens[t] = own.below(96, 2 + 2L * t);
                mask[t] = (byte) (t == length - 1 ? 1 : own.below(2, 3 + 2L * t));
            }
            rows.add(new TokenDataset.Row(tokens, mask));
        }
        return rows;
    }

    private static Path folder() {
        return GoldenModel.open("untied").folder();
    }
}
