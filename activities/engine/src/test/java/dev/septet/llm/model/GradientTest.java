package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.LoraWeights;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.Decoder;
import dev.septet.llm.model.program.TokenBatch;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.runtime.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of the loss by every parameter, against torch, peft and finite differences. */
class GradientTest {
    private static final double RELATIVE = 1e-4;
    private static final int TOKENS = 18; // that carry loss in the golden's rows

    private NDManager scope = Torch.newScope();

    @BeforeEach
    void newScope() {
        scope = Torch.newScope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void fullGradientsEqualTorch(String name) {
        GoldenModel golden = GoldenModel.open(name);
        Weights weights = weights(golden, true);
        double loss = backward(golden, weights, LoraAdapter.NONE);
        assertThat(loss).isCloseTo(golden.number("loss"), within(RELATIVE));
        assertThat(weights.trainable()).hasSize(name.equals("tied") ? 20 : 21);
        weights.trainable().forEach((weight, parameter) -> assertGradient(golden, "gradient." + weight, parameter));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void loraGradientsEqualPeft(String name) {
        GoldenModel golden = GoldenModel.open(name);
        LoraAdapter adapter = adapter(golden);
        double loss = backward(golden, weights(golden, false), adapter);
        assertThat(loss).isCloseTo(golden.number("adaptedLoss"), within(RELATIVE));
        assertThat(adapter.pairs()).hasSize(10);
        adapter.pairs().forEach((module, pair) -> {
            String a = "adapted.gradient." + PeftAdapter.nameOfA(module);
            String b = "adapted.gradient." + PeftAdapter.nameOfB(module);
            assertGradient(golden, a, pair.a());
            assertGradient(golden, b, pair.b());
        });
    }

    @Test
    void gradientsEqualFiniteDifferences() {
        GoldenModel golden = GoldenModel.open("untied");
        Weights weights = weights(golden, true);
        backward(golden, weights, LoraAdapter.NONE);
        Decoder decoder = decoder(golden, weights, LoraAdapter.NONE);
        for (String name : new String[] {
            "model.layers.0.mlp.gate_proj.weight",
            "model.layers.1.self_attn.k_proj.weight",
            "model.layers.0.input_layernorm.weight"
        }) {
            NDArray parameter = Objects.requireNonNull(weights.trainable().get(name));
            float[] gradient = parameter.getGradient().toFloatArray();
            int at = largest(gradient);
            double step = 1e-2;
            shift(parameter, at, step);
            double above = loss(golden, decoder);
            shift(parameter, at, -2 * step);
            double below = loss(golden, decoder);
            assertThat((above - below) / (2 * step))
                    .as(name)
                    .isCloseTo(gradient[at], within(0.01 * Math.abs(gradient[at])));
        }
    }

    private double backward(GoldenModel golden, Weights weights, LoraAdapter adapter) {
        TokenBatch batch = batch(golden);
        assertThat(batch.count()).isEqualTo(TOKENS);
        NDArray noKeys = scope.create(new Shape(0), DataType.INT64);
        return decoder(golden, weights, adapter).backward(scope, batch, noKeys, TOKENS) / TOKENS;
    }

    private double loss(GoldenModel golden, Decoder decoder) {
        double sum = 0;
        for (float log : decoder.logProbabilities(scope, batch(golden)).toFloatArray()) {
            sum -= log;
        }
        return sum / TOKENS;
    }

    private TokenBatch batch(GoldenModel golden) {
        return TokenBatch.of(scope, config(golden), golden.rows(), golden.masks());
    }

    private Decoder decoder(GoldenModel golden, Weights weights, LoraAdapter adapter) {
        return Decoder.compile(scope, config(golden), ComputePrecision.FLOAT32, weights, adapter);
    }

    private Weights weights(GoldenModel golden, boolean trainable) {
        return Weights.load(
                scope, config(golden), ModelFolder.open(golden.folder()), ComputePrecision.FLOAT32, name -> trainable);
    }

    private LoraAdapter adapter(GoldenModel golden) {
        Map<String, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
        for (LoraWeights module : PeftAdapter.open(golden.adapter()).modules().values()) {
            pairs.put(module.module(), new LoraAdapter.Pair(leaf(module.a()), leaf(module.b())));
        }
        return new LoraAdapter(pairs, 2, 0); // alpha 8 / rank 4
    }

    private NDArray leaf(StoredTensor stored) {
        NDArray leaf = Torch.floats(scope, stored.floats(), stored.shape());
        leaf.setRequiresGradient(true);
        return leaf;
    }

    private static void shift(NDArray parameter, int at, double step) {
        float[] values = parameter.toFloatArray();
        values[at] += (float) step;
        try (NDManager temporary = parameter.getManager().newSubManager()) {
            // in place, so that the program, which holds the same memory, sees it
            parameter.subi(parameter).addi(temporary.create(values, parameter.getShape()));
        }
    }

    private static int largest(float[] values) {
        int largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.abs(values[i]) > Math.abs(values[largest]) ? i : largest;
        }
        return largest;
    }

    private static ModelConfig config(GoldenModel golden) {
        return ModelConfig.read(golden.folder());
    }

    /** Difference below 1e-4 of the gradient's largest element, everywhere. */
    private static void assertGradient(GoldenModel golden, String name, NDArray parameter) {
        float[] expected = golden.tensor(name);
        float[] actual = parameter.getGradient().toFloatArray();
        assertThat(actual).as(name).hasSameSizeAs(expected);
        double scale = Math.abs(expected[largest(expected)]);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(RELATIVE * scale));
        }
    }
}
