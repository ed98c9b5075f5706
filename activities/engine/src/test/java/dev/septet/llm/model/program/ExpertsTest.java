package dev.septet.llm.model.program;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.runtime.CounterRandom;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experts of many tokens, whose number is rounded up. */
class ExpertsTest {
    private static final String CONFIG = """
        {"model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "hidden_size": 8,
         "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1,
         "intermediate_size": 12, "vocab_size": 16, "max_position_embeddings": 512,
         "rms_norm_eps": 1e-5, "rope_theta": 10000, "hidden_act": "silu",
         "num_local_experts": 4, "num_experts_per_tok": 2, "tie_word_embeddings": false}
        """;

    private static final String STEPS = """
        def rounded_to(self, count: int) -> Tensor:
            return torch.full([1], self.few(count), dtype=4, layout=None)

        def by_parts(self, x: Tensor, dy: Tensor, W: List[Tensor], size: int) -> List[Tensor]:
            x = x.detach().requires_grad_(True)
            learned = annotate(List[Tensor], [])
            for w in W:
                learned.append(w.detach().requires_grad_(True))
            parts = annotate(List[Tensor], [])
            i = 0
            while i < x.size(0):
                y = self.mixture(x[i:i + size], learned, annotate(List[Tensor], []))
                y.backward(dy[i:i + size])
                parts.append(y.detach())
                i = i + size
            results = [torch.cat(parts, 0), self.flowed(x)]
            for w in learned[${router}:]:
                results.append(self.flowed(w))
            return results
        """;

    private static final int TOKENS = 201;

    @TempDir
    Path temporary;

    @Test
    void seeFewNumbersOfRows() throws IOException {
        try (NDManager scope = Torch.newScope()) {
            Script script = script(scope);
            Set<Long> numbers = new TreeSet<>();
            for (int count = 0; count <= 4096; count++) {
                long rounded = script.tensor(scope, "rounded_to", count).toLongArray()[0];
                assertThat(rounded).isBetween((long) count, count + count / 16L);
                numbers.add(rounded);
            }
            assertThat(numbers).hasSize(32 + 7 * 16 + 1);
        }
    }

    /** In parts of ten tokens no expert sees enough of them for its number to be rounded. */
    @Test
    void learnTheSameFromRoundedNumbersOfRows() throws IOException {
        try (NDManager scope = Torch.newScope()) {
            Script script = script(scope);
            int router = Integer.parseInt(numbers().getOrDefault("router", ""));
            List<NDArray> weights = new ArrayList<>();
            for (int i = 0; i < router; i++) {
                weights.add(scope.zeros(new Shape(1)));
            }
            weights.add(random(scope, "router", 4, 8));
            for (int expert = 0; expert < 4; expert++) {
                weights.add(random(scope, "gate" + expert, 12, 8));
                weights.add(random(scope, "up" + expert, 12, 8));
                weights.add(random(scope, "down" + expert, 8, 12));
            }
            NDArray x = random(scope, "x", TOKENS, 8);
            NDArray dy = random(scope, "dy", TOKENS, 8);
            try (TensorList list = TensorList.of(scope, weights)) {
                NDList whole = script.callWithGradients(scope, "by_parts", x, dy, list, TOKENS);
                NDList parts = script.callWithGradients(scope, "by_parts", x, dy, list, 10);
                assertThat(whole).hasSize(2 + 13);
                for (int i = 0; i < whole.size(); i++) {
                    NDArray difference = whole.get(i).sub(parts.get(i)).abs().max();
                    NDArray size = parts.get(i).abs().max();
                    assertThat(size.getFloat()).isPositive();
                    assertThat(difference.getFloat()).as("%d", i).isLessThan(2e-6f * size.getFloat());
                }
            }
        }
    }

    private static NDArray random(NDManager scope, String name, int rows, int columns) {
        CounterRandom random = CounterRandom.stream(7, name);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.uniform(i) - 1);
        }
        return scope.create(values, new Shape(rows, columns));
    }

    private Map<String, String> numbers() throws IOException {
        Files.writeString(temporary.resolve("config.json"), CONFIG);
        ModelConfig config = ModelConfig.read(temporary);
        return ProgramConstants.of(config, ComputePrecision.FLOAT32, LoraAdapter.NONE);
    }

    private Script script(NDManager scope) throws IOException {
        String steps = STEPS.replace("${router}", numbers().getOrDefault("router", ""));
        ModelConfig config = ModelConfig.read(temporary);
        return Script.load(
                scope,
                Decoder.source(config, ComputePrecision.FLOAT32, LoraAdapter.NONE)
                        .with(new ScriptSource("Decoder", steps)));
    }
}
