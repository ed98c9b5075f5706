package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Full;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Qlora;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.AnswerPairs;
import dev.septet.llm.model.program.FusedLoraProgram;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.model.weights.Sublayers;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program with the hand-written backward pass against the one that libtorch differentiates. */
@Tag("long")
class LoraProgramTest {
    private static final double FLOAT32_RELATIVE = 1e-4;
    private static final List<String> ALL =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
    private static final Lora LORA = new Lora(4, 8, 0, ALL);
    private static final List<Method> METHODS = List.of(LORA, new Dora(LORA));

    private final NDManager scope = Torch.newScope();

    @AfterEach
    void close() {
        scope.close();
    }

    static List<Arguments> adapters() {
        List<Arguments> adapters = new ArrayList<>();
        for (String model : List.of("tied", "untied")) {
            add(adapters, model, LORA, Set.of());
            add(adapters, model, new Lora(3, 8, 0, ALL, true, 4), Set.of(0));
            add(adapters, model, LORA, Set.of(1));
            for (String target : ALL) {
                add(adapters, model, new Lora(2, 6, 0, List.of(target)), Set.of());
            }
            Lora some = new Lora(1, 2, 0, List.of("k_proj", "v_proj", "up_proj"));
            add(adapters, model, some, Set.of());
        }
        return adapters;
    }

    private static void add(List<Arguments> adapters, String model, Lora lora, Set<Integer> frozen) {
        adapters.add(Arguments.of(model, lora, frozen));
        adapters.add(Arguments.of(model, new Dora(lora), frozen));
    }

    static List<Arguments> models() {
        List<Arguments> models = new ArrayList<>();
        for (String model : List.of("tied", "untied")) {
            METHODS.forEach(method -> models.add(Arguments.of(model, method)));
        }
        return models;
    }

    static List<Method> methods() {
        return METHODS;
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void gradientsEqualAutograd(String model, Method method, Set<Integer> frozen) {
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, frozen);
        Path folder = GoldenModel.open(model).folder();
        for (int[] rows : new int[][] {{5, 5, 5, 2}, {64}, {9, 4, 4, 3}, {150, 150, 9}}) {
            ProgramTrial fast = lora(plan, folder);
            ProgramTrial exact = autograd(plan, folder);
            double loss = exact.backward(false, rows);
            assertThat(fast.backward(false, rows)).isCloseTo(loss, within(FLOAT32_RELATIVE * loss));
            fast.assertGradientsEqual(exact, FLOAT32_RELATIVE);
        }
    }

    /** Rows so long that attention goes forward by libtorch's fused kernel. */
    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void gradientsOfLongRowsEqualAutograd(String model) {
        TrainingPlan plan = plan(Plans.LORA, ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open(model).folder();
        int[] rows = {Sublayers.SHORT_ROW + 28, 9};
        ProgramTrial fast = lora(plan, folder);
        ProgramTrial exact = autograd(plan, folder);
        double loss = exact.backward(false, rows);
        assertThat(fast.backward(false, rows)).isCloseTo(loss, within(FLOAT32_RELATIVE * loss));
        fast.assertGradientsEqual(exact, FLOAT32_RELATIVE);
    }

    @ParameterizedTest
    @MethodSource("models")
    void bf16GradientsAreNoFartherFromFloat32ThanAutograds(String model, Method method) {
        Path folder = GoldenModel.open(model).folder();
        ProgramTrial exact = autograd(plan(method, ComputePrecision.FLOAT32, Set.of()), folder);
        ProgramTrial autograd = autograd(plan(method, ComputePrecision.BF16, Set.of()), folder);
        ProgramTrial fast = lora(plan(method, ComputePrecision.BF16, Set.of()), folder);
        for (ProgramTrial each : List.of(exact, autograd, fast)) {
            each.backward(false, 60, 60, 41, 17);
        }
        double bound = autograd.distance(exact);
        assertThat(bound).isBetween(1e-4, 0.1);
        assertThat(fast.distance(exact)).isLessThan(1.1 * bound);
    }

    @ParameterizedTest
    @MethodSource("models")
    void logProbabilitiesEqualAutograd(String model, Method method) {
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open(model).folder();
        ProgramTrial fast = lora(plan, folder);
        float[] expected = autograd(plan, folder).logProbabilities(5, 5, 5, 2);
        assertThat(fast.logProbabilities(5, 5, 5, 2)).containsExactly(expected, within(1e-4f));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void gradientsOfMicroBatchesAddUp(Method method) {
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open("tied").folder();
        ProgramTrial whole = lora(plan, folder);
        ProgramTrial parts = lora(plan, folder);
        TokenBatch batch = whole.batch(9, 7, 7);
        double loss = whole.backward(batch, batch.count(), false);
        double sum = 0;
        for (int length : new int[] {9, 7, 7}) {
            sum += parts.backward(parts.batch(length), batch.count(), false);
        }
        assertThat(sum).isCloseTo(loss, within(1e-4 * loss));
        parts.assertGradientsEqual(whole, FLOAT32_RELATIVE);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void gradientsOfPairsEqualAutograd(Method method) {
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open("untied").folder();
        ProgramTrial fast = lora(plan, folder);
        ProgramTrial exact = autograd(plan, folder);
        // of tokens 1 to 8, 6, 11 and 4 all but 1, 6 and 11 carry loss
        long[] tokens = {6, 4, 8, 3};
        AnswerPairs pairs = new AnswerPairs(tokens, new double[] {-20, -22, -41, -9}, 0.3);
        AnswerPairs.Judged expected = exact.backward(pairs, 9, 7, 12, 5);
        AnswerPairs.Judged actual = fast.backward(pairs, 9, 7, 12, 5);
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-4 * expected.loss()));
        assertThat(actual.rewards()).containsExactly(expected.rewards(), within(1e-3));
        fast.assertGradientsEqual(exact, FLOAT32_RELATIVE);
    }

    /** Bit by bit: what is computed anew is what was forgotten. */
    @ParameterizedTest
    @MethodSource("methods")
    void recomputationChangesNoBit(Method method) {
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open("tied").folder();
        ProgramTrial kept = lora(plan, folder);
        ProgramTrial anew = lora(plan, folder);
        assertThat(anew.backward(true, 9, 7, 7)).isEqualTo(kept.backward(false, 9, 7, 7));
        Map<String, float[]> actual = anew.gradients();
        kept.gradients()
                .forEach((name, gradient) -> assertThat(actual.get(name)).isEqualTo(gradient));
    }

    /** Magnitudes are vectors, of which nothing decays, however they are stacked. */
    @ParameterizedTest
    @MethodSource("methods")
    void whatDecaysDecaysWithAutogradToo(Method method) {
        AdamW decaying = new AdamW(0.9, 0.999, 1e-8, 0.5);
        TrainingPlan plan =
                Plans.of(method).with(decaying, Plans.constant(1e-2)).plan();
        Path folder = GoldenModel.open("tied").folder();
        Map<String, float[]> before = values(autograd(plan, folder));
        Map<String, float[]> expected = decayed(autograd(plan, folder));
        Map<String, float[]> actual = decayed(lora(plan, folder));
        assertThat(actual.keySet()).isEqualTo(before.keySet());
        before.forEach((name, values) -> {
            assertThat(actual.get(name)).as(name).isEqualTo(expected.get(name));
            assertThat(Arrays.equals(values, actual.get(name))).as(name).isEqualTo(PeftAdapter.isMagnitude(name));
        });
    }

    /** After an update without gradients. */
    private Map<String, float[]> decayed(ProgramTrial trial) {
        trial.optimizer().update(scope, 1, 1e-2, 0);
        return values(trial);
    }

    private static Map<String, float[]> values(ProgramTrial trial) {
        Map<String, float[]> values = new LinkedHashMap<>();
        trial.model().parameters().forEach((name, value) -> values.put(name, value.toFloatArray()));
        return values;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void lossesOfTwentyStepsEqualAutograds(Method method) {
        TrainingPlan plan = plan(method, ComputePrecision.FLOAT32, Set.of());
        Path folder = GoldenModel.open("untied").folder();
        List<Double> expected = autograd(plan, folder).losses();
        List<Double> actual = lora(plan, folder).losses();
        for (int step = 0; step < expected.size(); step++) {
            double loss = expected.get(step);
            assertThat(actual.get(step)).as("step %d", step).isCloseTo(loss, within(1e-3 * loss));
        }
        assertThat(expected.get(19)).isLessThan(0.7 * expected.get(0));
    }

    @Test
    void isChosenForPlainAdaptersOfLlamasOnly() {
        ModelConfig config = ModelConfig.read(GoldenModel.open("tied").folder());
        assertThat(chosen(LORA, config)).isTrue();
        assertThat(chosen(new Dora(LORA), config)).isTrue();
        assertThat(chosen(new Lora(4, 8, 0.1, ALL), config)).isFalse();
        assertThat(chosen(new Dora(new Lora(4, 8, 0.1, ALL)), config)).isFalse();
        assertThat(chosen(new Qlora(LORA), config)).isFalse();
        assertThat(chosen(new Full(), config)).isFalse();
    }

    private static boolean chosen(Method method, ModelConfig config) {
        return TrainableModel.isLora(Plans.of(method).plan(), config);
    }

    private ProgramTrial lora(TrainingPlan plan, Path folder) {
        TrainableModel model = TrainableModel.open(scope, plan, folder);
        assertThat(model.program()).isInstanceOf(FusedLoraProgram.class);
        return ready(ProgramTrial.of(scope, plan, model));
    }

    private ProgramTrial autograd(TrainingPlan plan, Path folder) {
        return ready(ProgramTrial.of(scope, plan, TrainableModel.openWithAutograd(scope, plan, folder)));
    }

    /** With adapters that change something: B no longer zero, and magnitudes that are no norms. */
    private static ProgramTrial ready(ProgramTrial trial) {
        trial.model().parameters().forEach((name, parameter) -> {
            CounterRandom random = CounterRandom.stream(3, name);
            float[] values = parameter.toFloatArray();
            for (int i = 0; i < values.length; i++) {
                double change = 0.2 * random.normal(i);
                values[i] = PeftAdapter.isMagnitude(name) ? (float) (values[i] * (1 + change)) : (float) change;
            }
            trial.optimizer().restore(parameter, FloatBuffer.wrap(values));
        });
        return trial;
    }

    private static TrainingPlan plan(Method method, ComputePrecision precision, Set<Integer> frozen) {
        return Plans.of(method)
                .with(precision)
                .freezing(frozen.toArray(Integer[]::new))
                .plan();
    }
}
