package dev.septet.llm.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.llm.format.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against what the gguf package and llama.cpp made (see make.py beside the files). */
class GgmlTypeTest {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "F32")
    void decodesBitForBitAsTheGgufPackage(GgmlType type) throws Exception {
        Safetensors golden = golden("blocks.safetensors");
        assertThat(type.decode(golden.tensor(type + ".blocks").bytes()))
                .containsExactly(golden.tensor(type + ".values").floats());
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"})
    void encodesBitForBitAsTheGgufPackageAndLlamaCpp(GgmlType type) throws Exception {
        Safetensors golden = golden("encoded.safetensors");
        assertThat(type.encode(golden.tensor("values").floats()))
                .isEqualTo(golden.tensor(type.name()).bytes());
    }

    @ParameterizedTest
    @EnumSource(names = {"Q2_K", "Q3_K"})
    void saysWhichTypesItDoesNotWrite(GgmlType type) {
        assertThat(type.writable()).isFalse();
        assertThatThrownBy(() -> type.encode(new float[256])).hasMessage("no writer for type " + type);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void plainFloatsSurviveUnchanged(GgmlType type) {
        float[] values = {0, 1, -0.5f, 384, -0.0078125f};
        assertThat(type.decode(type.encode(values))).containsExactly(values);
    }

    @Test
    void refusesRowsThatDoNotFillBlocks() {
        assertThatThrownBy(() -> GgmlType.Q8_0.encode(new float[33])).hasMessage("33 values do not fill blocks of 32");
    }

    @Test
    void errorsOfEightBitsAreAtMostHalfAScaleStep() throws Exception {
        float[] values = Arrays.copyOfRange(
                golden("encoded.safetensors").tensor("values").floats(), 0, 1024);
        TensorError error =
                TensorError.of("w", GgmlType.Q8_0, values, GgmlType.Q8_0.decode(GgmlType.Q8_0.encode(values)));

        assertThat(error.bytes()).isEqualTo(32 * 34);
        assertThat(error.largest()).isPositive().isLessThan(127 / 127.0 * 0.51);
        assertThat(error.relative()).isPositive().isLessThan(0.005);
        assertThat(error.isFinite()).isTrue();
    }

    @Test
    void valuesThatDoNotFitShowInTheError() {
        float[] values = {70_000f};
        TensorError error = TensorError.of("w", GgmlType.F16, values, GgmlType.F16.decode(GgmlType.F16.encode(values)));
        assertThat(error.isFinite()).isFalse();
    }

    private static Safetensors golden(String name) throws Exception {
        return Safetensors.open(Path.of(
                Objects.requireNonNull(GgmlTypeTest.class.getResource(name)).toURI()));
    }
}
