package dev.septet.llm.format;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.septet.llm.quantize.HalfFloats;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    private static final float[] HALVES = {
        0f,
        -0f,
        1f,
        -2.5f,
        65504f,
        6.1035e-05f,
        5.9605e-08f,
        3.0e-08f,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        0.1f,
        1f / 3
    };

    @TempDir
    Path folder;

    @Test
    void readsWhatTheReferenceImplementationWrote() throws Exception {
        Safetensors file = Safetensors.open(resource("safetensors/mixed.safetensors"));

        assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(file.names())
                .containsExactlyInAnyOrder("f32", "f16", "bf16", "i64", "i32", "u8", "i8", "bool", "scalar", "empty");
        assertThat(file.tensor("f32").shape()).isEqualTo(new Shape(2, 3));
        assertThat(file.tensor("f32").floats()).containsExactly(0f, 1f / 7, 2f / 7, 3f / 7, 4f / 7, 5f / 7);
        assertThat(file.tensor("i64").bytes().asLongBuffer().get(1)).isEqualTo(1L << 62);
        assertThat(file.tensor("i32").bytes().getInt(4)).isEqualTo(-8);
        assertThat(file.tensor("scalar").floats()).containsExactly(3.5f);
        assertThat(file.tensor("empty").elements()).isZero();
    }

    @Test
    void roundsHalvesAsTorchDoes() throws Exception {
        Safetensors file = Safetensors.open(resource("safetensors/mixed.safetensors"));

        for (ElementType type : List.of(ElementType.F16, ElementType.BF16)) {
            StoredTensor tensor = file.tensor(type == ElementType.F16 ? "f16" : "bf16");
            assertThat(FloatCodec.encode(type, HALVES)).isEqualTo(tensor.bytes());
            assertThat(FloatCodec.encode(type, tensor.floats())).isEqualTo(tensor.bytes());
        }
    }

    @Test
    void everyHalfSurvivesTheWayThroughFloat32() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float f16 = HalfFloats.fromF16((short) bits);
            float bf16 = HalfFloats.fromBf16((short) bits);
            if (!Float.isNaN(f16)) {
                assertThat(HalfFloats.toF16(f16)).isEqualTo((short) bits);
            }
            if (!Float.isNaN(bf16)) {
                assertThat(HalfFloats.toBf16(bf16)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void writesTheSameBytesEveryTimeAndReadsThemBack() throws IOException {
        List<TensorSource> tensors = List.of(
                TensorSource.floats("b", ElementType.F32, new Shape(2, 2), () -> new float[] {1, 2, 3, 4}),
                TensorSource.floats("a", ElementType.BF16, new Shape(3), () -> new float[] {1, 2, 3}));
        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        SafetensorsWriter.write(first, Map.of("z", "1", "format", "pt"), tensors);
        SafetensorsWriter.write(second, Map.of("format", "pt", "z", "1"), tensors);

        assertThat(first).hasSameBinaryContentAs(second);
        Safetensors file = Safetensors.open(first);
        assertThat(file.names()).containsExactly("b", "a");
        assertThat(file.tensor("a").floats()).containsExactly(1, 2, 3);
        assertThat(file.tensor("b").floats()).containsExactly(1, 2, 3, 4);
        assertThat((Files.size(first) - 16 - 6) % 64).isZero();
    }

    @Test
    void copiesTensorsOfAnotherFileUnchanged() throws Exception {
        Safetensors source = Safetensors.open(resource("safetensors/mixed.safetensors"));
        Path copy = folder.resolve("copy.safetensors");
        SafetensorsWriter.write(
                copy,
                source.metadata(),
                source.tensors().stream().map(TensorSource::of).toList());

        assertThat(Safetensors.open(copy).tensors()).containsExactlyElementsOf(source.tensors());
    }

    static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(SafetensorsTest.class.getResource(name), name)
                .toURI());
    }
}
