package dev.septet.llm.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.runtime.Torch;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoraTest {
    private static final ModelConfig CONFIG = new ModelConfig(64, 3, 4, 2, 16, 128, 96, 64, 1e-5, 10_000, null, true);
    private static final Lora LORA = new Lora(8, 16, 0, List.of("q_proj", "down_proj"));

    @Test
    void aNewAdapterIsUniformInAAndZeroInB() {
        try (NDManager scope = Torch.newScope()) {
            LoraAdapter adapter = LORA.newAdapter(scope, CONFIG, Map.of(), Set.of(), 1);
            assertThat(adapter.pairs()).hasSize(6);
            assertThat(adapter.scaling()).isEqualTo(2);
            LoraAdapter.Pair pair = pair(adapter, "model.layers.2.mlp.down_proj");
            assertThat(pair.a().getShape()).isEqualTo(new Shape(8, 128));
            assertThat(pair.b().getShape()).isEqualTo(new Shape(64, 8));
            assertThat(pair.b().toFloatArray()).containsOnly(0);
            double bound = 1 / Math.sqrt(128);
            double squares = 0;
            for (float value : pair.a().toFloatArray()) {
                assertThat((double) Math.abs(value)).isLessThanOrEqualTo(bound);
                squares += value * value;
            }
            assertThat(squares / (8 * 128)).isCloseTo(bound * bound / 3, within(3e-4));
        }
    }

    @Test
    void beginningsDependOnSeedAndLayerOnly() {
        try (NDManager scope = Torch.newScope()) {
            float[] values = beginning(scope, LORA, Set.of(), 1, 1);
            assertThat(beginning(scope, LORA, Set.of(0), 1, 1)).isEqualTo(values);
            Lora other = new Lora(8, 4, 0.1, List.of("v_proj", "q_proj"));
            assertThat(beginning(scope, other, Set.of(), 1, 1)).isEqualTo(values);
            assertThat(beginning(scope, LORA, Set.of(), 2, 1)).isNotEqualTo(values);
            assertThat(beginning(scope, LORA, Set.of(), 1, 2)).isNotEqualTo(values);
        }
    }

    @Test
    void rankStabilizedDividesByTheRanksRoot() {
        Lora stabilized = new Lora(16, 8, 0, List.of("q_proj"), true, 1);
        assertThat(stabilized.scaling()).isEqualTo(8 / 4.0);
        assertThat(stabilized.adapterConfig("b").orElseThrow().rankStabilized()).isTrue();
        assertThat(LORA.adapterConfig("b").orElseThrow().rankStabilized()).isFalse();
    }

    @Test
    void onlyBLearnsAtTheRatio() {
        Lora plus = new Lora(8, 16, 0, List.of("q_proj"), false, 16);
        String module = "model.layers.0.self_attn.q_proj";
        assertThat(plus.rateFactor(PeftAdapter.nameOfB(module))).isEqualTo(16);
        assertThat(plus.rateFactor(PeftAdapter.nameOfA(module))).isEqualTo(1);
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new Lora(1, 1, 0, List.of("q_proj"), false, 0.5))
                .hasMessageContaining("rateRatio at least 1");
        assertThatThrownBy(() -> new Lora(0, 1, 0, List.of("q_proj"))).hasMessageContaining("rank must be at least 1");
        assertThatThrownBy(() -> new Lora(1, 1, 1, List.of("q_proj")))
                .hasMessageContaining("dropout from 0 to below 1");
        assertThatThrownBy(() -> new Lora(1, 1, 0, List.of("q_proj", "wq")))
                .hasMessageContaining("targets must contain only names from [q_proj, k_proj")
                .hasMessageContaining("got [q_proj, wq]");
        try (NDManager scope = Torch.newScope()) {
            assertThatThrownBy(() -> LORA.newAdapter(scope, CONFIG, Map.of(), Set.of(0, 1, 2), 1))
                    .hasMessageContaining("every layer is frozen");
        }
    }

    private static float[] beginning(NDManager scope, Lora lora, Set<Integer> frozen, long seed, int layer) {
        LoraAdapter adapter = lora.newAdapter(scope, CONFIG, Map.of(), frozen, seed);
        return pair(adapter, "model.layers." + layer + ".self_attn.q_proj").a().toFloatArray();
    }

    private static LoraAdapter.Pair pair(LoraAdapter adapter, String module) {
        return Objects.requireNonNull(adapter.pairs().get(module));
    }
}
