package dev.septet.llm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import dev.septet.llm.format.PeftAdapter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank products added to linear layers: y = W x + scaling B A dropout(x).
 *
 * @param pairs by module name, such as {@code model.layers.0.self_attn.q_proj}; float32
 * @param scaling factor of the product
 * @param dropout probability, used in training only
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., 2021</a>
 */
public record LowRank(Map<String, Pair> pairs, double scaling, double dropout) {
    /** No adapter. */
    public static final LowRank NONE = new LowRank(Map.of(), 1, 0);

    /**
     * The two factors of one layer.
     *
     * @param a (rank, in)
     * @param b (out, rank)
     */
    public record Pair(NDArray a, NDArray b) {}

    /** The trainable tensors, by PEFT's names. */
    public Map<String, NDArray> parameters() {
        Map<String, NDArray> parameters = new LinkedHashMap<>();
        pairs.forEach(
                (module, pair) -> {
                    parameters.put(PeftAdapter.nameOfA(module), pair.a());
                    parameters.put(PeftAdapter.nameOfB(module), pair.b());
                });
        return parameters;
    }

    /** What the program takes as {@code L}: nothing, or A and B per layer and site. */
    List<NDArray> inOrder(NDManager scope, ModelConfig config) {
        List<NDArray> order = new ArrayList<>();
        if (pairs.isEmpty()) {
            return order;
        }
        NDArray none = scope.create(new Shape(0), DataType.FLOAT32);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Site site : Site.values()) {
                Pair pair = pairs.getOrDefault(site.module(layer), new Pair(none, none));
                order.add(pair.a());
                order.add(pair.b());
            }
        }
        return order;
    }
}
