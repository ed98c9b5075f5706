package dev.septet.llm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterMergeTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"lora", "dora", "rslora"})
    void equalsWhatPeftMerges(String name) throws Exception {
        ModelFolder base = ModelFolder.open(Tiny.base());
        AdapterMerge.write(base, PeftAdapter.open(Tiny.resource("tiny/" + name)), folder, null);

        ModelFolder merged = ModelFolder.open(folder);
        Safetensors golden = Safetensors.open(Tiny.resource("tiny/" + name + "-merged.safetensors"));
        for (StoredTensor tensor : merged.tensors().values()) {
            if (golden.contains(tensor.name())) {
                assertThat(tensor.floats())
                        .as(tensor.name())
                        .containsExactly(golden.tensor(tensor.name()).floats(), Offset.offset(2e-6f));
            } else {
                assertThat(tensor).isEqualTo(base.tensor(tensor.name()));
            }
        }
        assertThat(merged.tokenizer()).hasSameBinaryContentAs(base.tokenizer());
    }

    @Test
    void storesTheWantedTypeAndSaysSo() throws Exception {
        ModelFolder base = ModelFolder.open(Tiny.base());
        AdapterMerge.write(base, PeftAdapter.open(Tiny.resource("tiny/lora")), folder, ElementType.F16);

        ModelFolder merged = ModelFolder.open(folder);
        assertThat(merged.config().path("dtype").asText()).isEqualTo("float16");
        assertThat(merged.tensors().values()).allMatch(tensor -> tensor.type() == ElementType.F16);
    }

    @Test
    void refusesADivergedAdapter() throws Exception {
        Path adapter = folder.resolve("adapter");
        AdapterConfig config = new AdapterConfig("b", null, 1, 1, 0, List.of("q_proj"), false, false);
        String module = "model.layers.0.self_attn.q_proj";
        PeftAdapter.write(
                adapter,
                config,
                List.of(
                        constant(PeftAdapter.nameOfA(module), new Shape(1, 32), 1),
                        constant(PeftAdapter.nameOfB(module), new Shape(32, 1), Float.NaN)));
        ModelFolder base = ModelFolder.open(Tiny.base());

        assertThatThrownBy(() -> AdapterMerge.write(base, PeftAdapter.open(adapter), folder, null))
                .isInstanceOf(FormatProblem.class)
                .hasMessage(adapter + ": merged, " + module + ".weight holds NaN, which F32 cannot hold");
    }

    @Test
    void refusesSumsThatTheTypeCannotHold() throws Exception {
        Path adapter = folder.resolve("adapter");
        AdapterConfig config = new AdapterConfig("b", null, 1, 1, 0, List.of("q_proj"), false, false);
        String module = "model.layers.0.self_attn.q_proj";
        PeftAdapter.write(
                adapter,
                config,
                List.of(
                        constant(PeftAdapter.nameOfA(module), new Shape(1, 32), 300),
                        constant(PeftAdapter.nameOfB(module), new Shape(32, 1), 300)));
        ModelFolder base = ModelFolder.open(Tiny.base());

        AdapterMerge.write(base, PeftAdapter.open(adapter), folder.resolve("f32"), ElementType.F32);
        assertThatThrownBy(() -> AdapterMerge.write(base, PeftAdapter.open(adapter), folder, ElementType.F16))
                .isInstanceOf(FormatProblem.class)
                .hasMessageEndingWith(", which F16 cannot hold");
    }

    private static TensorSource constant(String name, Shape shape, float value) {
        return TensorSource.floats(name, ElementType.F32, shape, () -> {
            float[] values = new float[(int) shape.size()];
            Arrays.fill(values, value);
            return values;
        });
    }

    @Test
    void refusesAnAdapterOfAnotherModel() throws Exception {
        ModelFolder base = ModelFolder.open(Tiny.base());
        AdapterConfig config = new AdapterConfig("other", null, 1, 1, 0, List.of("q_proj"), false, false);
        String module = "model.layers.0.self_attn.q_proj";
        PeftAdapter.write(
                folder,
                config,
                List.of(
                        TensorSource.floats(
                                PeftAdapter.nameOfA(module), ElementType.F32, new Shape(1, 5), () -> new float[5]),
                        TensorSource.floats(
                                PeftAdapter.nameOfB(module), ElementType.F32, new Shape(32, 1), () -> new float[32])));
        PeftAdapter adapter = PeftAdapter.open(folder);

        assertThatThrownBy(() -> AdapterMerge.write(base, adapter, folder.resolve("out"), null))
                .isInstanceOf(FormatProblem.class)
                .hasMessageContaining("belongs to another base model");
    }
}
