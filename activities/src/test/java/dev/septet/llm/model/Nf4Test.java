package dev.septet.llm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.Torch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

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
            assertThat(mean)
                    .isCloseTo(GOLDEN.tensor(name + ".mean").floats()[0], within(1e-6f * mean));
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
        Golden base = Golden.open("untied");
        ModelConfig config = ModelConfig.read(base.folder());
        StoredTensor expected = GOLDEN.tensor(name + ".read");
        try (NDManager scope = Torch.newScope()) {
            NDArray read =
                    Script.load(scope, Decoder.source(config, Precision.FLOAT32, LowRank.NONE))
                            .tensor(scope, "dequantized", quantized(scope, name));
            float[] values = read.toFloatArray();
            float[] wanted = expected.floats();
            assertThat(values).hasSameSizeAs(wanted);
            for (int i = 0; i < wanted.length; i++) {
                assertThat(values[i])
                        .as("%d", i)
                        .isCloseTo(wanted[i], within(1e-5f * Math.abs(wanted[i]) + 1e-12f));
            }
        }
    }

    private static NDArray quantized(NDManager scope, String name) {
        StoredTensor weight = GOLDEN.tensor(name + ".weight");
        return new Nf4(scope).quantized(Torch.floats(scope, weight.floats(), weight.shape()));
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
                    Path.of(
                            Objects.requireNonNull(
                                            Nf4Test.class.getResource(
                                                    "nf4/bitsandbytes.safetensors"))
                                    .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
