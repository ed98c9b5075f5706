package dev.septet.llm.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.GoldenModel;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.Decoder;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.Torch;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices in 4 bits against bitsandbytes; see nf4/make.py. */
class Nf4Test {
    private static final Safetensors GOLDEN = golden();

    @Test
    void levelsAreBitsandbytes() {
        assertThat(Nf4.levels()).containsExactly(GOLDEN.tensor("levels").floats(), within(1e-7f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "wide", "odd"})
    void codesAndScalesAreBitsandbytes(String name) {
        try (NDManager scope = Torch.newScope()) {
            ByteBuffer bytes = quantized(scope, name).toByteBuffer();
            byte[] codes = bytes(name + ".codes");
            byte[] scales = bytes(name + ".scales");
            float[] factors = GOLDEN.tensor(name + ".factors").floats();
            long weights = GOLDEN.tensor(name + ".weight").elements();
            assertThat(bytes.remaining()).isEqualTo((int) Nf4.bytes(weights));
            float mean = bytes.getFloat(Nf4.TABLES - Float.BYTES);
            assertThat(mean).isCloseTo(GOLDEN.tensor(name + ".mean").floats()[0], within(1e-6f * mean));
            bytes.position(Nf4.TABLES);
            for (float factor : factors) {
                assertThat(bytes.getFloat()).isCloseTo(factor, within(1e-6f * factor));
            }
            byte[] found = new byte[scales.length];
            bytes.get(found);
            assertThat(found).isEqualTo(scales);
            found = new byte[codes.length];
            bytes.get(found);
            assertThat(found).isEqualTo(codes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "wide", "odd"})
    void readsBackAsBitsandbytes(String name) {
        GoldenModel base = GoldenModel.open("untied");
        ModelConfig config = ModelConfig.read(base.folder());
        StoredTensor expected = GOLDEN.tensor(name + ".read");
        try (NDManager scope = Torch.newScope()) {
            NDArray read = Script.load(scope, Decoder.source(config, ComputePrecision.FLOAT32, LoraAdapter.NONE))
                    .tensor(scope, "dequantized", quantized(scope, name));
            float[] values = read.toFloatArray();
            float[] wanted = expected.floats();
            assertThat(values).hasSameSizeAs(wanted);
            for (int i = 0; i < wanted.length; i++) {
                assertThat(values[i]).as("%d", i).isCloseTo(wanted[i], within(1e-5f * Math.abs(wanted[i]) + 1e-12f));
            }
        }
    }

    /**
     * Of even weights, and of a few rows and columns ten times as large, with blocks across rows.
     */
    @ParameterizedTest
    @CsvSource({"96, 64, 1", "40, 96, 1", "40, 96, 10", "48, 128, 10", "1, 64, 10"})
    void scalesForInputsTakeTheirErrorDown(int rows, int columns, int outlier) {
        float[] weights = new float[rows * columns];
        float[] squares = new float[columns];
        CounterRandom random = CounterRandom.stream(7, "nf4");
        for (int j = 0; j < columns; j++) {
            squares[j] = (float) Math.exp(2 * random.at(1).normal(j));
            for (int i = 0; i < rows; i++) {
                int k = i * columns + j;
                weights[k] = (float) random.normal(k) * (i % 9 == 4 || j % 11 == 3 ? outlier : 1);
            }
        }
        float[] ones = new float[columns];
        Arrays.fill(ones, 1);
        double[] largest = errors(weights, null, columns, squares);
        double[] fitted = errors(weights, squares, columns, squares);
        double[] even = errors(weights, ones, columns, squares);
        assertThat(Arrays.stream(fitted).sum())
                .isLessThan(0.9 * Arrays.stream(largest).sum())
                .isLessThan(Arrays.stream(even).sum());
        for (int block = 0; block < fitted.length; block++) {
            assertThat(fitted[block])
                    .as("%d; a scale's own rounding may cost a little", block)
                    .isLessThan(1.05 * largest[block]);
        }
    }

    @Test
    void squaresThatSayNothingCountAlike() {
        float[] ones = new float[64];
        Arrays.fill(ones, 3);
        float[] unknown = ones.clone();
        unknown[5] = Float.NaN;
        float[] endless = ones.clone();
        endless[5] = Float.POSITIVE_INFINITY;
        float[] weights = GOLDEN.tensor("small.weight").floats();
        float[] expected = read(weights, ones);
        assertThat(read(weights, new float[64])).isEqualTo(expected);
        assertThat(read(weights, unknown)).isEqualTo(expected);
        assertThat(read(weights, endless)).isEqualTo(expected);
    }

    @Test
    void zerosStayZeros() {
        float[] weights = new float[64 * 6];
        float[] squares = new float[64];
        Arrays.fill(squares, 1);
        squares[7] = 1e30f;
        for (int i = 64; i < 128; i++) {
            weights[i] = i % 7 - 3;
        }
        weights[200] = 1e-30f;
        float[] read = read(weights, squares);
        for (int i = 0; i < read.length; i++) {
            assertThat(read[i]).isFinite();
            if (i < 64 || i >= 256) {
                assertThat(Math.abs(read[i])).as("%d", i).isZero();
            }
        }
    }

    /** Each block's sum of squared differences, by the squares of its columns. */
    private static double[] errors(float[] weights, float @Nullable [] fitted, int columns, float[] squares) {
        float[] read = read(weights, fitted);
        double[] errors = new double[weights.length / Nf4.BLOCK];
        for (int i = 0; i < weights.length; i++) {
            double difference = (double) weights[i] - read[i];
            errors[i / Nf4.BLOCK] += squares[i % columns] * difference * difference;
        }
        return errors;
    }

    private static float[] read(float[] weights, float @Nullable [] squares) {
        ModelConfig config = ModelConfig.read(GoldenModel.open("untied").folder());
        try (NDManager scope = Torch.newScope()) {
            NDArray bytes = new Nf4(scope)
                    .quantized(
                            Torch.floats(scope, weights, new Shape(weights.length)),
                            squares == null ? null : Torch.floats(scope, squares, new Shape(squares.length)));
            return Script.load(scope, Decoder.source(config, ComputePrecision.FLOAT32, LoraAdapter.NONE))
                    .tensor(scope, "dequantized", bytes)
                    .toFloatArray();
        }
    }

    private static NDArray quantized(NDManager scope, String name) {
        StoredTensor weight = GOLDEN.tensor(name + ".weight");
        return new Nf4(scope).quantized(Torch.floats(scope, weight.floats(), weight.shape()), null);
    }

    private static byte[] bytes(String tensor) {
        ByteBuffer buffer = GOLDEN.tensor(tensor).bytes();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static Safetensors golden() {
        try {
            return Safetensors.open(
                    Path.of(Objects.requireNonNull(Nf4Test.class.getResource("nf4/bitsandbytes.safetensors"))
                            .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
