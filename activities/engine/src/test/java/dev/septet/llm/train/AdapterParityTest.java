package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.method.Method;
import dev.septet.llm.method.Qlora;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.data.TokenDataset;
import dev.septet.llm.train.plan.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of adapter against peft, begun from peft's own files; see adapter/golden/make.py. */
class AdapterParityTest {
    private static final double RELATIVE = 1e-4;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final GoldenModel BASE = GoldenModel.open("untied");
    private static final List<String> TARGETS = Plans.LORA.targets();

    @TempDir
    Path temporary;

    static List<Arguments> methods() {
        return List.of(
                Arguments.of("rslora", new Lora(4, 8, 0, TARGETS, true, 1)),
                Arguments.of("loraplus", new Lora(4, 8, 0, TARGETS, false, 4)),
                Arguments.of("dora", new Dora(new Lora(4, 8, 0, TARGETS))),
                Arguments.of("qlora", new Qlora(new Lora(4, 8, 0, TARGETS))));
    }

    /** Dropped elements are a function of these keys, which the golden's script has too. */
    @Test
    void gradientsWithDropoutEqualPeft() throws IOException {
        gradientsEqualPeft("dora-dropout", new Dora(new Lora(4, 8, 0.3, TARGETS)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void gradientsEqualPeft(String name, Method method) throws IOException {
        AdapterGolden golden = AdapterGolden.open(name);
        TrainingPlan plan = Plans.of(method).plan();
        try (NDManager scope = Torch.newScope()) {
            TrainableModel model = TrainableModel.open(scope, plan, base(method));
            Optimizer optimizer = new Optimizer(
                    scope,
                    plan.optimizer(),
                    model.program().leaves(),
                    parameter -> new Optimizer.Rule(method.rateFactor(parameter), 0));
            AdapterStart.copy(golden.adapter(), model, optimizer);
            TokenBatch batch = TokenBatch.of(scope, model.config(), BASE.rows(), BASE.masks());
            NDArray keys = model.dropout() > 0 ? keys(scope) : scope.create(new Shape(0), DataType.INT64);
            double loss = model.program().backward(scope, batch, keys, batch.count(), false);
            assertThat(loss / batch.count()).isCloseTo(golden.number("loss"), within(RELATIVE * golden.number("loss")));
            assertThat(golden.gradients()).isEqualTo(model.parameters().keySet());
            Gradients.of(model.program())
                    .forEach((parameter, gradient) -> assertClose(parameter, gradient, golden.gradient(parameter)));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void stepsEqualPeft(String name, Method method) throws IOException {
        AdapterGolden golden = AdapterGolden.open(name);
        TrainingPlan plan = Plans.of(method).plan();
        TokenDataset data = Plans.data(temporary, BASE);
        try (Trainer trainer = Trainer.open(plan, base(method), data, Optional.empty())) {
            trainer.startFrom(golden.adapter());
            for (int step = 0; step < golden.losses().length; step++) {
                StepMetrics metrics = trainer.step();
                double loss = golden.losses()[step];
                double norm = golden.norms()[step];
                assertThat(metrics.loss()).as("%d", step).isCloseTo(loss, within(RELATIVE * loss));
                assertThat(metrics.gradientNorm()).isCloseTo(norm, within(1e-3 * norm));
            }
        }
    }

    /**
     * bitsandbytes' scales are ours only where inputs are not looked at: with QLoRA the model is
     * called a Mistral whose window is shorter than the rows that show inputs, and longer than
     * those of the test.
     */
    private Path base(Method method) throws IOException {
        if (!(method instanceof Qlora)) {
            return BASE.folder();
        }
        Path folder = Files.createDirectory(temporary.resolve("windowed"));
        String config = Files.readString(BASE.folder().resolve("config.json"));
        Files.writeString(
                folder.resolve("config.json"),
                config.replace("\"llama\"", "\"mistral\"")
                        .replace("LlamaForCausalLM", "MistralForCausalLM")
                        .replaceFirst("\\{", "{\"sliding_window\": 100,"));
        for (String file : List.of("model.safetensors", "tokenizer.json")) {
            Files.copy(BASE.folder().resolve(file), folder.resolve(file));
        }
        return folder;
    }

    /** One per fed token, by its row and its place in the row. */
    private static NDArray keys(NDManager scope) {
        return scope.create(IntStream.range(0, BASE.rows().size())
                .boxed()
                .flatMapToLong(row -> IntStream.range(0, BASE.rows().get(row).length - 1)
                        .mapToLong(t -> GOLDEN * (1000L * row + t + 1)))
                .toArray());
    }

    /** Difference below 1e-4 of the largest element, everywhere. */
    private static void assertClose(String name, float[] actual, float[] expected) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        double scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(RELATIVE * scale));
        }
    }
}
