package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.gguf.GgufImport;
import dev.septet.llm.gguf.PackagedModel;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.plan.TrainingPlan;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On a real model of 30 blocks the hand-written gradients are autograd's too. */
@Tag("long")
class SmolLm2GradientTest {
    private static final double RELATIVE = 1e-4;
    private static final List<String> ALL =
            Arrays.stream(LinearLayer.values()).map(LinearLayer::module).toList();
    private static final Lora LORA = new Lora(4, 8, 0, ALL);

    @TempDir
    Path temporary;

    /** A loss and its gradients. */
    private record Result(double loss, Map<String, float[]> gradients) {}

    static List<Method> methods() {
        return List.of(LORA, new Dora(LORA));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void handWrittenGradientsEqualAutograds(Method method) throws Exception {
        Path folder = temporary.resolve("smollm2");
        GgufImport.write(PackagedModel.SMOLLM2.gguf(), folder, ElementType.F32);
        TrainingPlan plan = Plans.of(method).plan();
        Result expected = result(plan, folder, true);
        Result actual = result(plan, folder, false);
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(RELATIVE * expected.loss()));
        assertThat(actual.gradients()).hasSize((method instanceof Dora ? 3 : 2) * 7 * 30);
        expected.gradients().forEach((name, gradient) -> {
            float[] other = Objects.requireNonNull(actual.gradients().get(name));
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < gradient.length; i++) {
                largest = Math.max(largest, Math.abs(gradient[i]));
                difference = Math.max(difference, Math.abs(gradient[i] - other[i]));
            }
            assertThat(difference).as(name).isLessThan(RELATIVE * largest);
        });
    }

    private static Result result(TrainingPlan plan, Path folder, boolean autograd) {
        try (NDManager scope = Torch.newScope()) {
            TrainableModel model = autograd
                    ? TrainableModel.openWithAutograd(scope, plan, folder)
                    : TrainableModel.open(scope, plan, folder);
            assertThat(model.program().name()).isEqualTo(autograd ? "autograd" : "lora");
            Optimizer optimizer =
                    new Optimizer(scope, plan.optimizer(), model.program().leaves(), name -> Optimizer.Rule.PLAIN);
            model.parameters().forEach((name, parameter) -> {
                CounterRandom random = CounterRandom.stream(3, name);
                float[] values = parameter.toFloatArray();
                for (int i = 0; i < values.length; i++) {
                    double change = 0.02 * random.normal(i);
                    values[i] = PeftAdapter.isMagnitude(name) ? (float) (values[i] * (1 + change)) : (float) change;
                }
                optimizer.restore(parameter, FloatBuffer.wrap(values));
            });
            TokenBatch batch = TokenBatch.of(scope, model.config(), rows(), masks());
            double loss = model.program()
                    .backward(scope, batch, scope.create(new Shape(0), DataType.INT64), batch.count(), false);
            return new Result(loss, Gradients.of(model.program()));
        }
    }

    private static List<int[]> rows() {
        CounterRandom random = CounterRandom.stream(1, "rows");
        int[] first = new int[20];
        int[] second = new int[9];
        Arrays.setAll(first, t -> random.below(49_152, t));
        Arrays.setAll(second, t -> random.below(49_152, 100 + t));
        return List.of(first, second);
    }

    private static List<byte[]> masks() {
        byte[] first = new byte[20];
        byte[] second = new byte[9];
        Arrays.fill(first, (byte) 1);
        Arrays.fill(second, (byte) 1);
        return List.of(first, second);
    }
}
