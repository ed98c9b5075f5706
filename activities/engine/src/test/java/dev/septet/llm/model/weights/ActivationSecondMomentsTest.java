package dev.septet.llm.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.PlainLlama;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.Torch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What enters a model's matrices, and that weights in 4 bits are chosen for it. */
class ActivationSecondMomentsTest {
    private static final int LENGTH = 128;

    @ParameterizedTest
    @ValueSource(strings = {"tied", "untied"})
    void equalThePlainModels(String name) {
        GoldenModel golden = GoldenModel.open(name);
        ModelConfig config = ModelConfig.read(golden.folder());
        ModelFolder folder = ModelFolder.open(golden.folder());
        long[] tokens = ActivationSecondMoments.tokens(config);
        assertThat(LongStream.of(tokens).distinct().count())
                .as("of %d tokens", config.vocabularySize())
                .isGreaterThan(config.vocabularySize() * 9L / 10);
        try (NDManager scope = Torch.newScope()) {
            PlainLlama plain = new PlainLlama(scope, config, folder);
            for (int row = 0; row < tokens.length; row += LENGTH) {
                plain.logits(Arrays.stream(tokens, row, row + LENGTH)
                        .mapToInt(id -> (int) id)
                        .toArray());
            }
            NDArray embedding = new TensorReader(scope, ComputePrecision.FLOAT32)
                    .frozen(Weights.stored(config, folder, Layout.EMBEDDING));
            Map<String, NDArray> squares = ActivationSecondMoments.of(scope, config, folder, embedding);
            assertThat(squares).hasSize(config.layers() * LinearLayer.values().length);
            squares.forEach((weight, found) -> {
                float[] sums =
                        Objects.requireNonNull(plain.squares().get(weight)).toFloatArray();
                float[] values = found.toFloatArray();
                assertThat(values).as(weight).hasSameSizeAs(sums);
                for (int i = 0; i < sums.length; i++) {
                    double expected = sums[i] / tokens.length;
                    assertThat((double) values[i]).as("%s[%d]", weight, i).isCloseTo(expected, within(1e-4 * expected));
                }
            });
        }
    }

    @Test
    void twoLoadsHaveTheSameBits() {
        GoldenModel golden = GoldenModel.open("tied");
        try (NDManager scope = Torch.newScope()) {
            Map<String, NDArray> first = inFourBits(scope, golden).tensors();
            Map<String, NDArray> second = inFourBits(scope, golden).tensors();
            Map<String, byte[]> bytes = new LinkedHashMap<>();
            first.forEach((name, tensor) -> bytes.put(name, tensor.toByteArray()));
            second.forEach(
                    (name, tensor) -> assertThat(tensor.toByteArray()).as(name).isEqualTo(bytes.get(name)));
            String down = "model.layers.1.mlp.down_proj.weight";
            NDArray matrix = Torch.floats(scope, stored(golden, down), shape(golden, down));
            assertThat(bytes.get(down))
                    .as("scales are the inputs', not the largest values")
                    .isNotEqualTo(new Nf4(scope).quantized(matrix, null).toByteArray());
        }
    }

    private static Weights inFourBits(NDManager scope, GoldenModel golden) {
        return Weights.load(
                scope,
                ModelConfig.read(golden.folder()),
                ModelFolder.open(golden.folder()),
                ComputePrecision.FLOAT32,
                name -> false,
                LinearLayer::isOne);
    }

    private static float[] stored(GoldenModel golden, String name) {
        return ModelFolder.open(golden.folder()).tensor(name).floats();
    }

    private static Shape shape(GoldenModel golden, String name) {
        return ModelFolder.open(golden.folder()).tensor(name).shape();
    }
}
