package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Partial;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program that trains the model's own weights against the one that libtorch differentiates. */
class WeightProgramTest {
    private static final double FLOAT32_RELATIVE = 1e-4;

    private final NDManager scope = Torch.newScope();

    @AfterEach
    void close() {
        scope.close();
    }

    static List<Arguments> methods() {
        List<Arguments> methods = new ArrayList<>();
        for (String model : List.of("tied", "untied")) {
            methods.add(Arguments.of(model, new Full(), Set.of()));
            methods.add(Arguments.of(model, new Full(), Set.of(0)));
            methods.add(Arguments.of(model, new Full(), Set.of(0, 1)));
            methods.add(Arguments.of(model, new Partial(1), Set.of()));
            methods.add(Arguments.of(model, new Partial(2), Set.of()));
            methods.add(Arguments.of(model, new Partial(2), Set.of(1)));
            methods.add(Arguments.of(model, new Partial(1), Set.of(1))); // the final norm alone
        }
        return methods;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void gradientsEqualAutograd(String model, Method method, Set<Integer> frozen) {
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, frozen);
        Path folder = GoldenModel.open(model).folder();
        for (int[] rows : new int[][] {{5, 5, 5, 2}, {64}, {9, 4, 4, 3}}) {
            for (boolean recompute : new boolean[] {false, true}) {
                ProgramTrial fast = fast(plan, folder);
                ProgramTrial exact = autograd(plan, folder);
                double loss = exact.backward(false, rows);
                assertThat(fast.backward(recompute, rows)).isCloseTo(loss, within(FLOAT32_RELATIVE * loss));
                fast.assertGradientsEqual(exact, FLOAT32_RELATIVE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void bf16GradientsAreNoFartherFromFloat32ThanAutograds(String model) {
        Path folder = GoldenModel.open(model).folder();
        ProgramTrial exact = autograd(plan(new Full(), ComputePrecision.FLOAT32, Set.of()), folder);
        TrainingPlan bf16 = plan(new Full(), ComputePrecision.BF16, Set.of());
        ProgramTrial autograd = autograd(bf16, folder);
        ProgramTrial fast = fast(bf16, folder);
        for (ProgramTrial each : List.of(exact, autograd, fast)) {
            each.backward(false, 60, 60, 41, 17);
        }
        double bound = autograd.distance(exact);
        assertThat(bound).isBetween(1e-4, 0.1);
        assertThat(fast.distance(exact)).isLessThan(1.1 * bound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void logProbabilitiesEqualAutograd(String model) {
        TrainingPlan plan = plan(new Full(), ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open(model).folder();
        ProgramTrial fast = fast(plan, folder);
        float[] expected = autograd(plan, folder).logProbabilities(5, 5, 5, 2);
        assertThat(fast.logProbabilities(5, 5, 5, 2)).containsExactly(expected, within(1e-4f));
    }

    @Test
    void gradientsOfMicroBatchesAddUp() {
        TrainingPlan plan = plan(new Full(), ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open("tied").folder();
        ProgramTrial whole = fast(plan, folder);
        ProgramTrial parts = fast(plan, folder);
        TokenBatch batch = whole.batch(9, 7, 7);
        double loss = whole.backward(batch, batch.count(), false);
        double sum = 0;
        for (int length : new int[] {9, 7, 7}) {
            sum += parts.backward(parts.batch(length), batch.count(), true);
        }
        assertThat(sum).isCloseTo(loss, within(1e-4 * loss));
        parts.assertGradientsEqual(whole, FLOAT32_RELATIVE);
    }

    @Test
    void activationsComputedAnewGiveTheSameBits() {
        TrainingPlan plan = plan(new Full(), ComputePrecision.BF16, Set.of());
        Path folder = GoldenModel.open("untied").folder();
        ProgramTrial kept = fast(plan, folder);
        ProgramTrial anew = fast(plan, folder);
        assertThat(anew.backward(true, 60, 41, 17)).isEqualTo(kept.backward(false, 60, 41, 17));
        kept.gradients()
                .forEach((name, gradient) ->
                        assertThat(anew.gradients().get(name)).as(name).containsExactly(gradient));
    }

    @Test
    void lossesOfTwentyStepsEqualAutograds() {
        TrainingPlan plan = plan(new Full(), ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open("untied").folder();
        List<Double> expected = autograd(plan, folder).losses();
        List<Double> actual = fast(plan, folder).losses();
        for (int step = 0; step < expected.size(); step++) {
            double loss = expected.get(step);
            assertThat(actual.get(step)).as("step %d", step).isCloseTo(loss, within(1e-3 * loss));
        }
        assertThat(expected.get(19)).isLessThan(0.7 * expected.get(0));
    }

    @Test
    void isChosenForLlamasWhoseWeightsAreTrainedAndNotHeld() {
        ModelConfig config = ModelConfig.read(GoldenModel.open("tied").folder());
        assertThat(TrainableModel.trainsWeights(Plans.of(new Full()).plan(), config))
                .isTrue();
        assertThat(TrainableModel.trainsWeights(Plans.of(new Partial(1)).plan(), config))
                .isTrue();
        assertThat(TrainableModel.trainsWeights(Plans.of(Plans.LORA).plan(), config))
                .isFalse();
        TrainingPlan held = Plans.of(new Full()).plan().with(new CapabilityRetention(0, 0.01, 0, 0));
        assertThat(TrainableModel.trainsWeights(held, config)).isFalse();
    }

    private ProgramTrial fast(TrainingPlan plan, Path folder) {
        TrainableModel model = TrainableModel.open(scope, plan, folder);
        assertThat(model.program()).isInstanceOf(FusedWeightProgram.class);
        return ProgramTrial.of(scope, plan, model);
    }

    private ProgramTrial autograd(TrainingPlan plan, Path folder) {
        return ProgramTrial.of(scope, plan, TrainableModel.openWithAutograd(scope, plan, folder));
    }

    private static TrainingPlan plan(Method method, ComputePrecision precision, Set<Integer> frozen) {
        return Plans.of(method)
                .with(precision)
                .freezing(frozen.toArray(Integer[]::new))
                .plan();
    }
}
