package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import dev.septet.llm.adapter.Full;
import dev.septet.llm.adapter.Lora;
import dev.septet.llm.model.Golden;
import dev.septet.llm.model.LoraProgram;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.model.Precision;
import dev.septet.llm.model.TokenBatch;
import dev.septet.llm.model.TrainingProgram;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The program with the hand-written backward pass against the one that libtorch differentiates. */
class LoraProgramTest {
    private static final double FLOAT32_RELATIVE = 1e-4;
    private static final List<String> ALL =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    private final NDManager scope = Torch.newScope();

    @AfterEach
    void close() {
        scope.close();
    }

    static List<Arguments> adapters() {
        List<Arguments> adapters = new ArrayList<>();
        for (String model : List.of("tied", "untied")) {
            adapters.add(Arguments.of(model, new Lora(4, 8, 0, ALL), Set.of()));
            adapters.add(Arguments.of(model, new Lora(3, 8, 0, ALL, true, 4), Set.of(0)));
            adapters.add(Arguments.of(model, new Lora(4, 8, 0, ALL), Set.of(1)));
            for (String target : ALL) {
                Lora one = new Lora(2, 6, 0, List.of(target));
                adapters.add(Arguments.of(model, one, Set.of()));
            }
            Lora some = new Lora(1, 2, 0, List.of("k_proj", "v_proj", "up_proj"));
            adapters.add(Arguments.of(model, some, Set.of()));
        }
        return adapters;
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void gradientsEqualAutograd(String model, Lora lora, Set<Integer> frozen) {
        TrainingPlan plan = plan(lora, Precision.FLOAT32, frozen);
        Path folder = Golden.open(model).folder();
        List<List<int[]>> layouts = List.of(lengths(5, 5, 5, 2), lengths(64), lengths(9, 4, 4, 3));
        for (List<int[]> rows : layouts) {
            TrainableModel fast = lora(plan, folder);
            TrainableModel exact = autograd(plan, folder);
            double loss = backward(exact, rows);
            assertThat(backward(fast, rows)).isCloseTo(loss, within(FLOAT32_RELATIVE * loss));
            Map<String, float[]> expected = Gradients.of(exact.program());
            Map<String, float[]> actual = Gradients.of(fast.program());
            assertThat(List.copyOf(actual.keySet())).isEqualTo(List.copyOf(expected.keySet()));
            expected.forEach(
                    (name, gradient) ->
                            assertThat(
                                            difference(
                                                    Objects.requireNonNull(actual.get(name)),
                                                    gradient))
                                    .as(name)
                                    .isLessThan(FLOAT32_RELATIVE * largest(gradient)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void bf16GradientsAreNoFartherFromFloat32ThanAutograds(String model) {
        Lora lora = new Lora(4, 8, 0, ALL);
        Path folder = Golden.open(model).folder();
        List<int[]> rows = lengths(60, 60, 41, 17);
        TrainableModel exact = autograd(plan(lora, Precision.FLOAT32, Set.of()), folder);
        TrainableModel autograd = autograd(plan(lora, Precision.BF16, Set.of()), folder);
        TrainableModel fast = lora(plan(lora, Precision.BF16, Set.of()), folder);
        for (TrainableModel each : List.of(exact, autograd, fast)) {
            backward(each, rows);
        }
        double bound = distance(autograd, exact);
        assertThat(bound).isBetween(1e-4, 0.1);
        assertThat(distance(fast, exact)).isLessThan(1.1 * bound);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void logProbabilitiesEqualAutograd(String model) {
        TrainingPlan plan = plan(new Lora(4, 8, 0, ALL), Precision.FLOAT32, Set.of());
        Path folder = Golden.open(model).folder();
        TokenBatch batch = batch(ModelConfig.read(folder), lengths(5, 5, 5, 2));
        TrainableModel fast = lora(plan, folder);
        TrainableModel exact = autograd(plan, folder);
        float[] expected = exact.program().logProbabilities(scope, batch).toFloatArray();
        float[] actual = fast.program().logProbabilities(scope, batch).toFloatArray();
        assertThat(difference(actual, expected)).isLessThan(1e-4);
    }

    @Test
    void gradientsOfMicroBatchesAddUp() {
        TrainingPlan plan = plan(new Lora(4, 8, 0, ALL), Precision.FLOAT32, Set.of());
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
        Map<String, float[]> actual = Gradients.of(parts.program());
        Gradients.of(whole.program())
                .forEach(
                        (name, gradient) ->
                                assertThat(
                                                difference(
                                                        Objects.requireNonNull(actual.get(name)),
                                                        gradient))
                                        .as(name)
                                        .isLessThan(FLOAT32_RELATIVE * largest(gradient)));
    }

    @Test
    void lossesOfTwentyStepsEqualAutograds() {
        TrainingPlan plan = plan(new Lora(4, 8, 0, ALL), Precision.FLOAT32, Set.of());
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
        assertThat(chosen(new Lora(4, 8, 0, ALL), config)).isTrue();
        assertThat(chosen(new Lora(4, 8, 0.1, ALL), config)).isFalse();
        assertThat(TrainableModel.isLora(Plans.of(new Full()).plan(), config)).isFalse();
    }

    private static boolean chosen(Lora lora, ModelConfig config) {
        return TrainableModel.isLora(Plans.of(lora).plan(), config);
    }

    private List<Double> losses(TrainableModel model, TrainingPlan plan) {
        TrainingProgram program = model.program();
        Optimizer optimizer =
                new Optimizer(
                        scope,
                        plan.optimizer(),
                        program.leaves(),
                        name -> new Optimizer.Rule(plan.method().rateFactor(name), 0));
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

    /** With room for gradients, and B no longer zero. */
    private TrainableModel ready(TrainableModel model, TrainingPlan plan) {
        Optimizer optimizer =
                new Optimizer(
                        scope,
                        plan.optimizer(),
                        model.program().leaves(),
                        name -> new Optimizer.Rule(plan.method().rateFactor(name), 0));
        model.parameters()
                .forEach(
                        (name, parameter) -> {
                            CounterRandom random = CounterRandom.stream(3, name);
                            float[] values = new float[(int) parameter.size()];
                            for (int i = 0; i < values.length; i++) {
                                values[i] = (float) (0.2 * random.normal(i));
                            }
                            optimizer.restore(parameter, FloatBuffer.wrap(values));
                        });
        return model;
    }

    private static TrainingPlan plan(Lora lora, Precision precision, Set<Integer> frozen) {
        return Plans.of(lora).with(precision).freezing(frozen.toArray(Integer[]::new)).plan();
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
