package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import dev.septet.llm.adapter.Dora;
import dev.septet.llm.adapter.Full;
import dev.septet.llm.adapter.Lora;
import dev.septet.llm.adapter.Method;
import dev.septet.llm.adapter.Qlora;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.AnswerPairs;
import dev.septet.llm.model.Golden;
import dev.septet.llm.model.LoraProgram;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.model.Precision;
import dev.septet.llm.model.TokenBatch;
import dev.septet.llm.model.TrainingProgram;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The program with the hand-written backward pass against the one that libtorch differentiates. */
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

    private static void add(
            List<Arguments> adapters, String model, Lora lora, Set<Integer> frozen) {
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
        TrainingPlan plan = plan(method, Precision.FLOAT32, frozen);
        Path folder = Golden.open(model).folder();
        List<List<int[]>> layouts = List.of(lengths(5, 5, 5, 2), lengths(64), lengths(9, 4, 4, 3));
        for (List<int[]> rows : layouts) {
            TrainableModel fast = lora(plan, folder);
            TrainableModel exact = autograd(plan, folder);
            double loss = backward(exact, rows);
            assertThat(backward(fast, rows)).isCloseTo(loss, within(FLOAT32_RELATIVE * loss));
            assertGradients(Gradients.of(fast.program()), Gradients.of(exact.program()));
        }
    }

    /** The same names in the same order, and values. */
    private static void assertGradients(
            Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(List.copyOf(actual.keySet())).isEqualTo(List.copyOf(expected.keySet()));
        expected.forEach(
                (name, gradient) ->
                        assertThat(difference(Objects.requireNonNull(actual.get(name)), gradient))
                                .as(name)
                                .isLessThan(FLOAT32_RELATIVE * largest(gradient)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void bf16GradientsAreNoFartherFromFloat32ThanAutograds(String model, Method method) {
        Path folder = Golden.open(model).folder();
        List<int[]> rows = lengths(60, 60, 41, 17);
        TrainableModel exact = autograd(plan(method, Precision.FLOAT32, Set.of()), folder);
        TrainableModel autograd = autograd(plan(method, Precision.BF16, Set.of()), folder);
        TrainableModel fast = lora(plan(method, Precision.BF16, Set.of()), folder);
        for (TrainableModel each : List.of(exact, autograd, fast)) {
            backward(each, rows);
        }
        double bound = distance(autograd, exact);
        assertThat(bound).isBetween(1e-4, 0.1);
        assertThat(distance(fast, exact)).isLessThan(1.1 * bound);
    }

    @ParameterizedTest
    @MethodSource("models")
    void logProbabilitiesEqualAutograd(String model, Method method) {
        TrainingPlan plan = plan(method, Precision.FLOAT32, Set.of());
        Path folder = Golden.open(model).folder();
        TokenBatch batch = batch(ModelConfig.read(folder), lengths(5, 5, 5, 2));
        TrainableModel fast = lora(plan, folder);
        TrainableModel exact = autograd(plan, folder);
        float[] expected = exact.program().logProbabilities(scope, batch).toFloatArray();
        float[] actual = fast.program().logProbabilities(scope, batch).toFloatArray();
        assertThat(difference(actual, expected)).isLessThan(1e-4);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void gradientsOfMicroBatchesAddUp(Method method) {
        TrainingPlan plan = plan(method, Precision.FLOAT32, Set.of());
        Path folder = Golden.open("tied").folder();
        TrainableModel whole = lora(plan, folder);
        TrainableModel parts = lora(plan, folder);
        TokenBatch batch = batch(whole.config(), lengths(9, 7, 7));
        double loss = backward(whole, batch, batch.count());
        double sum = 0;
        for (int length : new int[] {9, 7, 7}) {
            sum += backward(parts, batch(parts.config(), lengths(length)), batch.count());
        }
        assertThat(sum).isCloseTo(loss, within(1e-4 * loss));
        assertGradients(Gradients.of(parts.program()), Gradients.of(whole.program()));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void gradientsOfPairsEqualAutograd(Method method) {
        TrainingPlan plan = plan(method, Precision.FLOAT32, Set.of());
        Path folder = Golden.open("untied").folder();
        TrainableModel fast = lora(plan, folder);
        TrainableModel exact = autograd(plan, folder);
        TokenBatch batch = batch(exact.config(), lengths(9, 7, 12, 5));
        // of tokens 1 to 8, 6, 11 and 4 all but 1, 6 and 11 carry loss
        long[] tokens = {6, 4, 8, 3};
        AnswerPairs pairs = new AnswerPairs(tokens, new double[] {-20, -22, -41, -9}, 0.3);
        AnswerPairs.Judged expected =
                exact.program().backward(scope, batch, pairs, noKeys(), 2, false);
        AnswerPairs.Judged actual =
                fast.program().backward(scope, batch, pairs, noKeys(), 2, false);
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-4 * expected.loss()));
        assertThat(actual.rewards()).containsExactly(expected.rewards(), within(1e-3));
        assertGradients(Gradients.of(fast.program()), Gradients.of(exact.program()));
    }

    /** Bit by bit: what is computed anew is what was forgotten. */
    @ParameterizedTest
    @MethodSource("methods")
    void recomputationChangesNoBit(Method method) {
        TrainingPlan plan = plan(method, Precision.FLOAT32, Set.of());
        Path folder = Golden.open("tied").folder();
        TrainableModel kept = lora(plan, folder);
        TrainableModel anew = lora(plan, folder);
        TokenBatch batch = batch(kept.config(), lengths(9, 7, 7));
        double loss = backward(kept, batch, batch.count());
        assertThat(anew.program().backward(scope, batch, noKeys(), batch.count(), true))
                .isEqualTo(loss);
        Map<String, float[]> actual = Gradients.of(anew.program());
        Gradients.of(kept.program())
                .forEach((name, gradient) -> assertThat(actual.get(name)).isEqualTo(gradient));
    }

    /** Magnitudes are vectors, of which nothing decays, however they are stacked. */
    @ParameterizedTest
    @MethodSource("methods")
    void whatDecaysDecaysWithAutogradToo(Method method) {
        AdamW decaying = new AdamW(0.9, 0.999, 1e-8, 0.5);
        TrainingPlan plan = Plans.of(method).with(decaying, Plans.constant(1e-2)).plan();
        Path folder = Golden.open("tied").folder();
        Map<String, float[]> before = values(autograd(plan, folder));
        Map<String, float[]> expected = decayed(autograd(plan, folder), plan);
        Map<String, float[]> actual = decayed(lora(plan, folder), plan);
        assertThat(actual.keySet()).isEqualTo(before.keySet());
        before.forEach(
                (name, values) -> {
                    assertThat(actual.get(name)).as(name).isEqualTo(expected.get(name));
                    assertThat(Arrays.equals(values, actual.get(name)))
                            .as(name)
                            .isEqualTo(PeftAdapter.isMagnitude(name));
                });
    }

    /** After an update without gradients. */
    private Map<String, float[]> decayed(TrainableModel model, TrainingPlan plan) {
        optimizer(model, plan).update(scope, 1, 1e-2, 0);
        return values(model);
    }

    private static Map<String, float[]> values(TrainableModel model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        model.parameters().forEach((name, value) -> values.put(name, value.toFloatArray()));
        return values;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void lossesOfTwentyStepsEqualAutograds(Method method) {
        TrainingPlan plan = plan(method, Precision.FLOAT32, Set.of());
        Path folder = Golden.open("untied").folder();
        List<Double> expected = losses(autograd(plan, folder), plan);
        List<Double> actual = losses(lora(plan, folder), plan);
        for (int step = 0; step < expected.size(); step++) {
            double loss = expected.get(step);
            assertThat(actual.get(step)).as("step %d", step).isCloseTo(loss, within(1e-3 * loss));
        }
        assertThat(expected.get(19)).isLessThan(0.7 * expected.get(0));
    }

    @Test
    void isChosenForPlainAdaptersOfLlamasOnly() {
        ModelConfig config = ModelConfig.read(Golden.open("tied").folder());
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

    private List<Double> losses(TrainableModel model, TrainingPlan plan) {
        TrainingProgram program = model.program();
        Optimizer optimizer = optimizer(model, plan);
        TokenBatch batch = batch(model.config(), lengths(9, 7, 7));
        List<Double> losses = new ArrayList<>();
        for (int step = 0; step < 20; step++) {
            losses.add(
                    program.backward(scope, batch, noKeys(), batch.count(), false) / batch.count());
            optimizer.update(scope, step + 1, 1e-2, plan.clipNorm());
        }
        return losses;
    }

    private double backward(TrainableModel model, List<int[]> rows) {
        TokenBatch batch = batch(model.config(), rows);
        return backward(model, batch, batch.count());
    }

    /** Gradients at adapters that change something, the same for all programs. */
    private double backward(TrainableModel model, TokenBatch batch, double total) {
        return model.program().backward(scope, batch, noKeys(), total, false);
    }

    private NDArray noKeys() {
        return scope.create(new Shape(0), DataType.INT64);
    }

    private TrainableModel lora(TrainingPlan plan, Path folder) {
        TrainableModel model = TrainableModel.open(scope, plan, folder);
        assertThat(model.program()).isInstanceOf(LoraProgram.class);
        return ready(model, plan);
    }

    private TrainableModel autograd(TrainingPlan plan, Path folder) {
        return ready(TrainableModel.openWithAutograd(scope, plan, folder), plan);
    }

    private Optimizer optimizer(TrainableModel model, TrainingPlan plan) {
        return new Optimizer(
                scope,
                plan.optimizer(),
                model.program().leaves(),
                name -> new Optimizer.Rule(plan.method().rateFactor(name), 0));
    }

    /** With room for gradients, B no longer zero, and magnitudes that are no norms. */
    private TrainableModel ready(TrainableModel model, TrainingPlan plan) {
        Optimizer optimizer = optimizer(model, plan);
        model.parameters()
                .forEach(
                        (name, parameter) -> {
                            CounterRandom random = CounterRandom.stream(3, name);
                            float[] values = parameter.toFloatArray();
                            for (int i = 0; i < values.length; i++) {
                                double change = 0.2 * random.normal(i);
                                values[i] =
                                        PeftAdapter.isMagnitude(name)
                                                ? (float) (values[i] * (1 + change))
                                                : (float) change;
                            }
                            optimizer.restore(parameter, FloatBuffer.wrap(values));
                        });
        return model;
    }

    private static TrainingPlan plan(Method method, Precision precision, Set<Integer> frozen) {
        return Plans.of(method).with(precision).freezing(frozen.toArray(Integer[]::new)).plan();
    }

    private TokenBatch batch(ModelConfig config, List<int[]> rows) {
        List<byte[]> masks = new ArrayList<>();
        for (int[] row : rows) {
            byte[] mask = new byte[row.length];
            for (int t = 0; t < mask.length; t++) {
                mask[t] = (byte) (t % 5 == 1 ? 0 : 1);
            }
            masks.add(mask);
        }
        return TokenBatch.of(scope, config, rows, masks);
    }

    /** Rows of so many tokens, a function of their lengths. */
    private static List<int[]> lengths(int... lengths) {
        List<int[]> rows = new ArrayList<>();
        for (int length : lengths) {
            CounterRandom random = CounterRandom.stream(length, "row");
            int[] row = new int[length];
            for (int t = 0; t < length; t++) {
                row[t] = random.below(96, t);
            }
            rows.add(row);
        }
        return rows;
    }

    /** |a - b| / |b| over all gradients. */
    private static double distance(TrainableModel a, TrainableModel b) {
        Map<String, float[]> actual = Gradients.of(a.program());
        double difference = 0;
        double size = 0;
        for (Map.Entry<String, float[]> entry : Gradients.of(b.program()).entrySet()) {
            float[] expected = entry.getValue();
            float[] other = Objects.requireNonNull(actual.get(entry.getKey()));
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(other[i] - expected[i], 2);
                size += Math.pow(expected[i], 2);
            }
        }
        return Math.sqrt(difference / size);
    }

    private static double difference(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
        }
        return difference;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
