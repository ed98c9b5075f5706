package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.method.Qlora;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.train.data.MicroBatches;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.data.TrainingProblem;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.Objective;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What learning from pairs keeps, by whatever method. */
@Tag("long")
class PreferenceTest {
    private static final double RELATIVE = 1e-3;
    private static final Objective DPO = new Objective.Dpo(0.3);
    private static final Lora DROPPING = new Lora(4, 8, 0.3, List.of("q_proj", "up_proj", "down_proj"));

    @TempDir
    Path temporary;

    static List<Method> methods() {
        return List.of(new Full(), new Partial(1), Plans.LORA, DROPPING, new Dora(Plans.LORA), new Qlora(Plans.LORA));
    }

    @Test
    void noMicroBatchPartsAPair() {
        int[] lengths = {5, 9, 3, 3, 20, 2, 7, 7, 6, 8};
        List<List<Integer>> batches = MicroBatches.of(10, 2, 28, row -> lengths[row]);
        assertThat(batches).containsExactly(List.of(4, 5), List.of(0, 1, 6, 7), List.of(8, 9, 2, 3));
        assertThat(MicroBatches.of(10, 2, 1, row -> lengths[row]))
                .hasSize(5)
                .allSatisfy(batch -> assertThat(batch).hasSize(2));
        int[] all = IntStream.range(0, 10).toArray();
        assertThat(MicroBatches.of(10, 1, 21, row -> lengths[row]))
                .isEqualTo(MicroBatches.of(all, 21, row -> lengths[row]));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void accumulatedStepsEqualOneBigBatch(Method method) throws IOException {
        TrainingPlan plan = Plans.of(method).batches(8, 1).plan().with(DPO);
        TrainingInputs inputs = inputs(plan, "untied", 20);
        try (Trainer big = Trainer.open(plan, inputs, Optional.empty());
                Trainer small = Trainer.open(plan, inputs, Optional.empty());
                Trainer single = Trainer.open(plan, inputs, Optional.empty())) {
            small.setBudget(new MicroBatchBudget(70, big.budget().recompute()));
            single.setBudget(new MicroBatchBudget(1, true));
            for (int step = 0; step < 3; step++) {
                StepMetrics expected = big.step();
                for (StepMetrics actual : List.of(small.step(), single.step())) {
                    assertThat(actual.tokens()).isEqualTo(expected.tokens());
                    assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-4));
                    assertThat(actual.gradientNorm())
                            .isCloseTo(expected.gradientNorm(), within(RELATIVE * expected.gradientNorm()));
                    assertThat(told(actual).margin()).isCloseTo(told(expected).margin(), within(1e-3));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void recomputedActivationsGiveTheSameBits(Method method) throws IOException {
        TrainingPlan plan = Plans.of(method).batches(4, 2).plan().with(DPO);
        recomputes(plan, "untied");
    }

    @Test
    void recomputedActivationsOfExpertsToo() throws IOException {
        recomputes(Plans.of(new Full()).batches(4, 2).plan().with(DPO), "mixtral");
    }

    @ParameterizedTest
    @MethodSource("methods")
    void goesOnFromACheckpointToTheSameBits(Method method) throws IOException {
        TrainingPlan plan = Plans.of(method).batches(3, 2).steps(5).plan().with(DPO);
        TrainingInputs inputs = inputs(plan, "untied", 14);
        Path whole = Files.createDirectory(temporary.resolve("whole"));
        Path saved = Files.createDirectory(temporary.resolve("saved"));
        Path resumed = Files.createDirectory(temporary.resolve("resumed"));
        List<StepMetrics> expected = new ArrayList<>();
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            steps(trainer, 2, expected);
            trainer.save(saved);
            steps(trainer, 3, expected);
            trainer.save(whole);
        }
        List<StepMetrics> actual = new ArrayList<>(expected.subList(0, 2));
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.of(saved))) {
            steps(trainer, 3, actual);
            trainer.save(resumed);
        }
        assertThat(actual).isEqualTo(expected);
        for (String file : List.of("trainable.safetensors", "optimizer.safetensors")) {
            assertThat(resumed.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
    }

    @Test
    void nothingIsPreferredAtTheStart() throws IOException {
        for (Method method : methods()) {
            TrainingPlan plan = Plans.of(method).plan().with(DPO);
            try (Trainer trainer = Trainer.open(plan, inputs(plan, "untied", 6), Optional.empty())) {
                ObjectiveValue start = trainer.measure(set(6));
                assertThat(start.loss()).isCloseTo(Math.log(2), within(1e-4));
                assertThat(Objects.requireNonNull(start.preferred()).margin()).isCloseTo(0, within(1e-4));
            }
        }
    }

    @Test
    void learnsWhatIsPreferred() throws IOException {
        TrainingPlan plan = Plans.of(Plans.LORA).batches(8, 1).steps(30).plan().with(DPO);
        TrainingInputs inputs = inputs(plan, "untied", 40);
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            steps(trainer, 30, new ArrayList<>());
            ObjectiveValue learned = trainer.measure(inputs.train());
            assertThat(Objects.requireNonNull(learned.preferred()).accuracy()).isGreaterThan(0.9);
            assertThat(learned.loss()).isLessThan(0.3);
        }
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        TrainingPlan plain = Plans.of(Plans.LORA).plan();
        TrainingPlan plan = plain.with(DPO);
        TokenDataset pairs = set(6);
        TokenDataset rows = Plans.counting(temporary, 6, 5);
        assertThatThrownBy(() -> Trainer.open(plain, model("untied"), pairs, Optional.empty()))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("holds pairs of rows, but the plan learns single rows");
        assertThatThrownBy(() -> Trainer.open(plan, model("untied"), rows, Optional.empty()))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("holds single rows, but the plan learns pairs of rows");
        assertThatThrownBy(() -> Trainer.open(plan, model("untied"), pairs, Optional.empty()))
                .isInstanceOf(TrainingProblem.class)
                .hasMessageContaining("the reference log-probabilities are missing");
    }

    @Test
    void theObjectiveIsPartOfThePlansDigest() {
        TrainingPlan plan = Plans.of(Plans.LORA).plan();
        assertThat(plan.digest()).isNotEqualTo(plan.with(DPO).digest());
        assertThat(plan.with(DPO).digest())
                .isNotEqualTo(plan.with(new Objective.Dpo(0.2)).digest());
    }

    private void recomputes(TrainingPlan plan, String name) throws IOException {
        TrainingInputs inputs = inputs(plan, name, 12);
        Path kept = Files.createDirectory(temporary.resolve("kept"));
        Path anew = Files.createDirectory(temporary.resolve("anew"));
        List<List<StepMetrics>> both = new ArrayList<>();
        for (Path folder : List.of(kept, anew)) {
            try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
                trainer.setBudget(new MicroBatchBudget(60, folder.equals(anew)));
                List<StepMetrics> metrics = new ArrayList<>();
                steps(trainer, 3, metrics);
                trainer.save(folder);
                both.add(metrics);
            }
        }
        assertThat(both.get(1)).isEqualTo(both.get(0));
        assertThat(anew.resolve("trainable.safetensors")).hasSameBinaryContentAs(kept.resolve("trainable.safetensors"));
    }

    private static void steps(Trainer trainer, int count, List<StepMetrics> into) {
        for (int step = 0; step < count; step++) {
            into.add(trainer.step());
        }
    }

    private static PreferenceScores told(StepMetrics metrics) {
        return Objects.requireNonNull(metrics.preferred());
    }

    private TrainingInputs inputs(TrainingPlan plan, String name, int pairs) throws IOException {
        return Pairs.inputs(plan, model(name), set(pairs));
    }

    private TokenDataset set(int pairs) throws IOException {
        return Pairs.dataset(temporary.resolve("pairs" + pairs + ".safetensors"), Pairs.evens(3, pairs));
    }

    private static Path model(String name) {
        return name.equals("mixtral")
                ? GoldenModel.family(name).folder()
                : GoldenModel.open(name).folder();
    }
}
