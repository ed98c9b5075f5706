package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.ActivationBlock;
import dev.septet.llm.train.data.EpochRows;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.Objective;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Training above frozen blocks that computed once is the training that computes them always. */
class CachedActivationsTest {
    private static final int STEPS = 12; // three epochs

    @TempDir
    Path temporary;

    static List<Arguments> trainings() {
        List<Arguments> trainings = new ArrayList<>();
        for (String model : List.of("tied", "untied")) {
            for (ComputePrecision precision : ComputePrecision.values()) {
                trainings.add(Arguments.of(model, precision, Set.of()));
                trainings.add(Arguments.of(model, precision, Set.of(1))); // the final norm alone
            }
        }
        return trainings;
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void lossesAndResultEqualThoseOfComputingAlways(String model, ComputePrecision precision, Set<Integer> frozen)
            throws IOException {
        Path folder = GoldenModel.open(model).folder();
        TokenDataset rows = Plans.counting(temporary, 12, 7);
        TrainingPlan plan = plan(precision, frozen);
        TrainingPlan always = plan.cachingFrozen(false);
        try (Trainer plain = Trainer.open(always, folder, rows, Optional.empty());
                Trainer once = Trainer.open(plan, inputs(folder, rows, plan), Optional.empty())) {
            double first = plain.loss(rows);
            double tolerance = precision == ComputePrecision.FLOAT32 ? 1e-5 : 1e-2;
            assertThat(once.loss(rows)).isCloseTo(first, within(tolerance * first));
            for (int step = 0; step < STEPS; step++) {
                StepMetrics expected = plain.step();
                StepMetrics actual = once.step();
                assertThat(actual.loss()).isCloseTo(expected.loss(), within(tolerance * expected.loss()));
                assertThat(actual.gradientNorm())
                        .isCloseTo(expected.gradientNorm(), within(25 * tolerance * expected.gradientNorm()));
            }
            assertThat(once.loss(rows)).isCloseTo(plain.loss(rows), within(tolerance * first));
            assertThat(once.program()).isNotEqualTo(plain.program());
        }
    }

    @ParameterizedTest
    @CsvSource({"tied, FLOAT32", "untied, BF16"})
    void resumedEqualsUndisturbed(String model, ComputePrecision precision) throws IOException {
        Path folder = GoldenModel.open(model).folder();
        TokenDataset rows = Plans.counting(temporary, 12, 7);
        TrainingPlan plan = plan(precision, Set.of());
        TrainingInputs inputs = inputs(folder, rows, plan);
        Path whole = Files.createDirectory(temporary.resolve("whole"));
        Path half = Files.createDirectory(temporary.resolve("half"));
        Path rest = Files.createDirectory(temporary.resolve("rest"));
        run(plan, inputs, Optional.empty(), STEPS, whole);
        run(plan, inputs, Optional.empty(), 5, half);
        // another file of the same states, as another attempt on another machine may compute
        run(plan, inputs(folder, rows, plan), Optional.of(half), STEPS - 5, rest);
        for (String name : List.of("trainable.safetensors", "optimizer.safetensors")) {
            assertThat(rest.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
        }
    }

    @Test
    void rowsOfManyStretchesAreFoundAgain() throws IOException {
        Path folder = GoldenModel.open("tied").folder();
        ModelConfig config = ModelConfig.read(folder);
        TokenDataset rows = Plans.counting(temporary, 23_000, 7);
        List<ActivationBlock> stretches = ActivationBlock.of(rows, 192);
        assertThat(stretches.size()).isGreaterThan(2);
        assertThat(stretches.get(0).from()).isZero();
        assertThat(stretches.get(stretches.size() - 1).to()).isEqualTo(rows.rows());
        for (int i = 1; i < stretches.size(); i++) {
            assertThat(stretches.get(i).from()).isEqualTo(stretches.get(i - 1).to());
        }
        long positions =
                stretches.stream().mapToLong(each -> each.shape().get(0)).sum();
        assertThat(positions).isEqualTo(rows.tokens() - rows.rows());
        assertThat(CachedActivations.bytes(config, positions)).isEqualTo(positions * 4 * config.hiddenSize());
    }

    /** Whatever rows stand beside a row, its states are where its own tokens say. */
    @Test
    void eachRowGetsItsOwn() throws IOException {
        Path folder = GoldenModel.open("tied").folder();
        TokenDataset rows = Plans.counting(temporary, 12, 7);
        int width = ModelConfig.read(folder).hiddenSize();
        CachedActivations states =
                CachedActivations.open(written(folder, rows, plan(ComputePrecision.FLOAT32, Set.of())));
        try (NDManager scope = Torch.newScope()) {
            List<Integer> numbers = IntStream.range(0, 12).boxed().toList();
            for (int rotated = 0; rotated < 12; rotated++) {
                List<Integer> order = new ArrayList<>(numbers);
                Collections.rotate(order, rotated);
                List<EpochRows.Place> places = order.stream()
                        .map(row -> new EpochRows.Place(rows, row))
                        .toList();
                float[] together =
                        states.of(scope, places, width).toFloatArray().clone();
                int at = 0;
                for (EpochRows.Place place : places) {
                    float[] alone = states.of(scope, List.of(place), width).toFloatArray();
                    assertThat(IntStream.range(at, at + alone.length).mapToObj(i -> together[i]))
                            .containsExactlyElementsOf(IntStream.range(0, alone.length)
                                    .mapToObj(i -> alone[i])
                                    .toList());
                    at += alone.length;
                }
                assertThat(at).isEqualTo(together.length);
            }
        }
    }

    @Test
    void statesOfOtherRowsAreRefused() throws IOException {
        Path folder = GoldenModel.open("tied").folder();
        TokenDataset rows = Plans.counting(temporary, 12, 7);
        Path file = written(folder, rows, plan(ComputePrecision.FLOAT32, Set.of()));
        Path other = Files.createDirectory(temporary.resolve("other")).resolve("counting12.safetensors");
        List<TokenDataset.Row> fewer = IntStream.range(0, 5).mapToObj(rows::row).toList();
        TokenDataset changed = Plans.dataset(other, fewer);
        TrainingInputs inputs = new TrainingInputs(folder, changed).with(CachedActivations.open(file));
        try (Trainer trainer = Trainer.open(plan(ComputePrecision.FLOAT32, Set.of()), inputs, Optional.empty())) {
            assertThatThrownBy(trainer::step)
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("was computed for other rows than")
                    .hasMessageEndingWith("compute it again");
        }
    }

    @Test
    void aPlanThatNeedsThemSaysSo() throws IOException {
        Path folder = GoldenModel.open("tied").folder();
        TrainingInputs bare = new TrainingInputs(folder, Plans.counting(temporary, 12, 7));
        TrainingPlan plan = plan(ComputePrecision.FLOAT32, Set.of());
        assertThatThrownBy(() -> Trainer.open(plan, bare, Optional.empty()))
                .isInstanceOf(TrainingProblem.class)
                .hasMessage("the plan computes frozen blocks once, but their activations are missing");
    }

    @Test
    void theyServeWhereBlocksAreFrozenBelowAllTrainedOnes() {
        ModelConfig config = ModelConfig.read(GoldenModel.open("tied").folder());
        TrainingPlan plan = plan(ComputePrecision.FLOAT32, Set.of());
        assertThat(CachedActivations.usedBy(plan, config)).isTrue();
        assertThat(CachedActivations.usedBy(plan.cachingFrozen(false), config)).isFalse();
        assertThat(CachedActivations.usedBy(plan.with(new Objective.Dpo(0.1)), config))
                .isFalse();
        assertThat(CachedActivations.usedBy(plan.with(new CapabilityRetention(0, 0.1, 0, 0)), config))
                .isFalse();
        for (Method all : List.of(new Full(), new Partial(2), Plans.LORA)) {
            TrainingPlan other = Plans.of(all).plan().cachingFrozen(true);
            assertThat(CachedActivations.usedBy(other, config)).as("%s", all).isFalse();
        }
    }

    @Test
    void aPlanThatComputesFrozenOnceHasADigestOfItsOwn() {
        TrainingPlan once = plan(ComputePrecision.FLOAT32, Set.of());
        TrainingPlan always = once.cachingFrozen(false);
        assertThat(always.digest()).isNotEqualTo(once.digest());
    }

    private TrainingInputs inputs(Path folder, TokenDataset rows, TrainingPlan plan) throws IOException {
        return new TrainingInputs(folder, rows).with(CachedActivations.open(written(folder, rows, plan)));
    }

    private Path written(Path folder, TokenDataset rows, TrainingPlan plan) throws IOException {
        Path file = Files.createTempFile(temporary, "hidden", ".safetensors");
        List<Integer> told = new ArrayList<>();
        CachedActivationsWriter.write(plan, folder, new MicroBatchBudget(40, false), List.of(rows), file, told::add);
        assertThat(told).isSorted().endsWith(rows.rows());
        return file;
    }

    private static void run(TrainingPlan plan, TrainingInputs inputs, Optional<Path> from, int steps, Path folder)
            throws IOException {
        try (Trainer trainer = Trainer.open(plan, inputs, from)) {
            for (int step = 0; step < steps; step++) {
                trainer.step();
            }
            trainer.save(folder);
        }
    }

    private static TrainingPlan plan(ComputePrecision precision, Set<Integer> frozen) {
        return Plans.of(new Partial(1))
                .with(precision)
                .freezing(frozen.toArray(Integer[]::new))
                .plan()
                .cachingFrozen(true);
    }
}
