package dev.septet.llm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeftAdapterTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatPeftWrote() throws Exception {
        PeftAdapter adapter = PeftAdapter.open(Tiny.resource("tiny/lora"));

        assertThat(adapter.config())
                .isEqualTo(new AdapterConfig(
                        "base", null, 4, 8, 0, List.of("down_proj", "q_proj", "v_proj"), false, false));
        assertThat(adapter.modules()).hasSize(6).containsKey("model.layers.1.mlp.down_proj");
        assertThat(scale(adapter, "model.layers.0.self_attn.q_proj")).isEqualTo(2.0);
        assertThat(scale(adapter, "model.layers.0.self_attn.v_proj")).isEqualTo(0.75);
        assertThat(adapter.parameters()).isEqualTo(2 * 4 * (64 + 48 + 96));
    }

    @Test
    void writesWhatItReads() throws Exception {
        for (String name : List.of("lora", "dora", "rslora")) {
            PeftAdapter adapter = PeftAdapter.open(Tiny.resource("tiny/" + name));
            List<TensorSource> tensors = new ArrayList<>();
            for (LoraWeights lora : adapter.modules().values()) {
                tensors.add(TensorSource.of(lora.b()));
                tensors.add(TensorSource.of(lora.a()));
                if (lora.magnitude() != null) {
                    tensors.add(TensorSource.of(lora.magnitude()));
                }
            }
            Path copy = folder.resolve(name);
            PeftAdapter.write(copy, adapter.config(), tensors);

            PeftAdapter again = PeftAdapter.open(copy);
            assertThat(again.config()).isEqualTo(adapter.config());
            assertThat(again.modules().keySet()).isEqualTo(adapter.modules().keySet());
        }
    }

    @Test
    void refusesWhatItWouldGetWrong() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        Path original = Tiny.resource("tiny/lora");
        Files.copy(original.resolve("adapter_model.safetensors"), folder.resolve("adapter_model.safetensors"));
        ObjectNode config = (ObjectNode)
                mapper.readTree(original.resolve("adapter_config.json").toFile());
        config.put("bias", "all");
        mapper.writeValue(folder.resolve("adapter_config.json").toFile(), config);
        assertThatThrownBy(() -> PeftAdapter.open(folder)).hasMessageEndingWith("bias is \"all\", expected none");

        config.put("bias", "none").putArray("modules_to_save").add("lm_head");
        mapper.writeValue(folder.resolve("adapter_config.json").toFile(), config);
        assertThatThrownBy(() -> PeftAdapter.open(folder))
                .hasMessageEndingWith("modules_to_save is [\"lm_head\"], expected nothing");

        config.putNull("modules_to_save").put("peft_type", "IA3");
        mapper.writeValue(folder.resolve("adapter_config.json").toFile(), config);
        assertThatThrownBy(() -> PeftAdapter.open(folder)).hasMessageEndingWith("peft_type is \"IA3\", expected LORA");
    }

    @Test
    void namesTheMissingFile() {
        assertThatThrownBy(() -> PeftAdapter.open(folder))
                .hasMessage(folder + ": is not a PEFT adapter, it lacks adapter_config.json");
    }

    private static double scale(PeftAdapter adapter, String module) {
        return Objects.requireNonNull(adapter.modules().get(module), module).scale();
    }
}
