package dev.septet.llm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.Safetensors;
import dev.septet.llm.format.SafetensorsWriter;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.optimizer.AdamW;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.Torch;
import dev.septet.llm.train.plan.CapabilityRetention;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Penalties and their gradients equal those of torch's autograd in float64; see make_anchors.py.
 */
class WeightRegularizerTest {
    private static final String MODULE = "model.layers.0.self_attn.q_proj";

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"l2sp", "ewc"})
    void gradientsEqualTorch(String kind) throws Exception {
        JsonNode numbers = new JsonMapper().readTree(resource("anchors.json").toFile());
        Safetensors golden = Safetensors.open(resource("anchors.safetensors"));
        double strength = numbers.path(kind).asDouble();
        CapabilityRetention retention = kind.equals("l2sp")
                ? new CapabilityRetention(0, strength, 0, 0)
                : new CapabilityRetention(0, 0, strength, 0);
        try (NDManager scope = Torch.newScope()) {
            Map<String, NDArray> parameters = new LinkedHashMap<>();
            for (String name : List.of("w", "n", "a", "b")) {
                NDArray tensor = tensor(scope, golden, name + "0");
                tensor.setRequiresGradient(true);
                parameters.put(name, tensor);
            }
            LoraAdapter adapter = new LoraAdapter(
                    Map.of(
                            MODULE,
                            new LoraAdapter.Pair(
                                    Objects.requireNonNull(parameters.get("a")),
                                    Objects.requireNonNull(parameters.get("b")))),
                    numbers.path("scaling").asDouble(),
                    0);
            Optimizer optimizer = new Optimizer(scope, AdamW.DEFAULT, parameters, name -> Optimizer.Rule.PLAIN);
            WeightRegularizer anchors =
                    new WeightRegularizer(scope, retention, parameters, adapter, Optional.of(fisher(golden)));
            assertThat(anchors.addGradients(scope)).isZero();
            parameters.forEach((name, tensor) -> optimizer.restore(
                    tensor, FloatBuffer.wrap(golden.tensor(name).floats())));

            double penalty = numbers.path(kind + "Penalty").asDouble();
            assertThat(anchors.addGradients(scope)).isCloseTo(penalty, within(1e-5 * penalty));
            parameters.forEach((name, tensor) -> {
                float[] expected = golden.tensor(kind + "." + name).floats();
                float[] actual = tensor.getGradient().toFloatArray();
                for (int i = 0; i < expected.length; i++) {
                    assertThat(actual[i]).as(name).isCloseTo(expected[i], within(1e-4f));
                }
            });
        }
    }

    @Test
    void saysWhichWeightTheFileLacks() throws Exception {
        Safetensors golden = Safetensors.open(resource("anchors.safetensors"));
        Path file = fisher(golden);
        try (NDManager scope = Torch.newScope()) {
            Map<String, NDArray> parameters = Map.of("other", tensor(scope, golden, "w"));
            assertThatThrownBy(() -> new WeightRegularizer(
                            scope,
                            new CapabilityRetention(0, 0, 1, 0),
                            parameters,
                            LoraAdapter.NONE,
                            Optional.of(file)))
                    .isInstanceOf(FormatProblem.class)
                    .hasMessageContaining("lacks the Fisher information of other");
        }
    }

    private Path fisher(Safetensors golden) throws IOException {
        List<TensorSource> sources = new ArrayList<>();
        Map.of("w", "w", "n", "n", MODULE + ".weight", "product").forEach((name, stored) -> {
            StoredTensor tensor = golden.tensor("fisher." + stored);
            sources.add(new TensorSource(name, ElementType.F32, tensor.shape(), out -> out.write(tensor.bytes())));
        });
        Path file = temporary.resolve("fisher.safetensors");
        SafetensorsWriter.write(file, Map.of(), sources);
        return file;
    }

    private static NDArray tensor(NDManager scope, Safetensors golden, String name) {
        StoredTensor stored = golden.tensor(name);
        return Torch.floats(scope, stored.floats(), stored.shape());
    }

    static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(WeightRegularizerTest.class.getResource(name), name)
                .toURI());
    }
}
