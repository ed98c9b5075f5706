package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.ScriptSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * LoRA or DoRA adapters of linear layers: y = W x + scaling B A dropout(x). With magnitudes (DoRA),
 * each row of W + scaling B A is rescaled to have its magnitude as norm.
 *
 * @param pairs by module name, such as {@code model.layers.0.self_attn.q_proj}; float32
 * @param scaling factor of the product
 * @param dropout probability, used in training only
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., 2021</a>
 * @see <a href="https://arxiv.org/abs/2402.09353">Liu et al., 2024 (DoRA)</a>
 */
public record LoraAdapter(Map<String, Pair> pairs, double scaling, double dropout) {
    /** No adapter. */
    public static final LoraAdapter NONE = new LoraAdapter(Map.of(), 1, 0);

    /**
     * The factors of one layer.
     *
     * @param a (rank, in)
     * @param b (out, rank)
     * @param magnitude (out) with DoRA, else null
     * @param squares (out) squared norms of the rows of W; null without a magnitude, or when the
     *     magnitude is already divided by the norm of W + scaling B A
     */
    public record Pair(
            NDArray a,
            NDArray b,
            @Nullable NDArray magnitude,
            @Nullable NDArray squares) {
        public Pair(NDArray a, NDArray b) {
            this(a, b, null, null);
        }
    }

    /**
     * DoRA's methods for programs: they rescale rows to their magnitudes (the resource {@code
     * dora.py}).
     */
    public static ScriptSource magnitudes(ComputePrecision precision) {
        return ScriptSource.read(
                LoraAdapter.class, "dora.py", "Magnitudes", Map.of("compute", Integer.toString(precision.type())));
    }

    /** The trainable tensors, by their names in PEFT. */
    public Map<String, NDArray> parameters() {
        Map<String, NDArray> parameters = new LinkedHashMap<>();
        pairs.forEach((module, pair) -> {
            parameters.put(PeftAdapter.nameOfA(module), pair.a());
            parameters.put(PeftAdapter.nameOfB(module), pair.b());
            if (pair.magnitude() != null) {
                parameters.put(PeftAdapter.nameOfMagnitude(module), pair.magnitude());
            }
        });
        return parameters;
    }

    /**
     * The program's argument {@code L}: empty, or A and B per layer and linear layer, followed by
     * magnitude and squares in the same order.
     */
    public List<NDArray> inOrder(NDManager scope, ModelConfig config) {
        List<NDArray> order = new ArrayList<>();
        if (pairs.isEmpty()) {
            return order;
        }
        NDArray none = scope.create(new Shape(0), DataType.FLOAT32);
        Pair nothing = new Pair(none, none);
        List<NDArray> magnitudes = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearLayer linear : LinearLayer.values()) {
                Pair pair = pairs.getOrDefault(linear.module(layer), nothing);
                order.add(pair.a());
                order.add(pair.b());
                magnitudes.add(pair.magnitude() == null ? none : pair.magnitude());
                magnitudes.add(pair.squares() == null ? none : pair.squares());
            }
        }
        order.addAll(magnitudes);
        return order;
    }
}
