package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.AnswerPairs;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.train.plan.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One program's model in a comparison of two programs: the same rows, the same room for gradients.
 */
record ProgramTrial(NDManager scope, TrainingPlan plan, TrainableModel model, Optimizer optimizer) {
    static ProgramTrial of(NDManager scope, TrainingPlan plan, TrainableModel model) {
        Optimizer optimizer = new Optimizer(
                scope,
                plan.optimizer(),
                model.program().leaves(),
                name -> new Optimizer.Rule(plan.method().rateFactor(name), 0));
        return new ProgramTrial(scope, plan, model, optimizer);
    }

    /** Gradients of rows of so many tokens; the sum of their losses. */
    double backward(boolean recompute, int... lengths) {
        TokenBatch batch = batch(lengths);
        return backward(batch, batch.count(), recompute);
    }

    double backward(TokenBatch batch, double total, boolean recompute) {
        return model.program().backward(scope, batch, noKeys(), total, recompute);
    }

    private NDArray noKeys() {
        return scope.create(new Shape(0), DataType.INT64);
    }

    /** The same of pairs of rows of so many tokens. */
    AnswerPairs.Judged backward(AnswerPairs pairs, int... lengths) {
        return model.program().backward(scope, batch(lengths), pairs, noKeys(), lengths.length / 2.0, false);
    }

    float[] logProbabilities(int... lengths) {
        return model.program().logProbabilities(scope, batch(lengths)).toFloatArray();
    }

    /** Mean losses of 20 steps over the same rows. */
    List<Double> losses() {
        TokenBatch batch = batch(9, 7, 7);
        List<Double> losses = new ArrayList<>();
        for (int step = 0; step < 20; step++) {
            losses.add(backward(batch, batch.count(), false) / batch.count());
            optimizer.update(scope, step + 1, 1e-2, plan.clipNorm());
        }
        return losses;
    }

    /** Rows of so many tokens, a function of their lengths; four of five tokens carry loss. */
    TokenBatch batch(int... lengths) {
        ModelConfig config = model.config();
        List<int[]> rows = new ArrayList<>();
        List<byte[]> masks = new ArrayList<>();
        for (int length : lengths) {
            CounterRandom random = CounterRandom.stream(length, "row");
            int[] row = new int[length];
            byte[] mask = new byte[length];
            for (int t = 0; t < length; t++) {
                row[t] = random.below(96, t);
                mask[t] = (byte) (t % 5 == 1 ? 0 : 1);
            }
            rows.add(row);
            masks.add(mask);
        }
        return TokenBatch.of(scope, config, rows, masks);
    }

    Map<String, float[]> gradients() {
        return Gradients.of(model.program());
    }

    /** Every gradient differs by at most so much of its largest number. */
    void assertGradientsEqual(ProgramTrial other, double relative) {
        Map<String, float[]> expected = other.gradients();
        Map<String, float[]> actual = gradients();
        assertThat(List.copyOf(actual.keySet())).isEqualTo(List.copyOf(expected.keySet()));
        expected.forEach((name, gradient) -> {
            float largest = 0;
            float difference = 0;
            float[] found = Objects.requireNonNull(actual.get(name));
            assertThat(found).as(name).hasSameSizeAs(gradient);
            for (int i = 0; i < gradient.length; i++) {
                largest = Math.max(largest, Math.abs(gradient[i]));
                difference = Math.max(difference, Math.abs(found[i] - gradient[i]));
            }
            assertThat(largest).as(name).isPositive();
            assertThat(difference).as(name).isLessThan((float) relative * largest);
        });
    }

    /** |a - b| / |b| over all gradients. */
    double distance(ProgramTrial exact) {
        Map<String, float[]> actual = gradients();
        double difference = 0;
        double size = 0;
        for (Map.Entry<String, float[]> entry : exact.gradients().entrySet()) {
            float[] expected = entry.getValue();
            float[] other = Objects.requireNonNull(actual.get(entry.getKey()));
            for (int i = 0; i < expected.length; i++) {
                difference += Math.pow(other[i] - expected[i], 2);
                size += Math.pow(expected[i], 2);
            }
        }
        return Math.sqrt(difference / size);
    }
}
