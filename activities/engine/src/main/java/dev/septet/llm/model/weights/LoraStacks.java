package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.SharedInput;
import dev.septet.llm.model.weights.LoraAdapter.Pair;
import dev.septet.llm.runtime.TensorList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The adapters of all J adapted blocks, stacked into a few tensors, so an optimizer update takes a
 * few calls instead of hundreds.
 *
 * <p>The stacks are A (J, R * adapted layers, in) per shared input and B (J, out, R) per layer.
 * DoRA adds magnitudes (J * out) per layer. They are one long vector, because weight decay applies
 * to matrices and not to vectors.
 */
public final class LoraStacks {
    private final Map<String, NDArray> leaves = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<Integer> blocks;
    private final TensorList list;

    /**
     * Location of a parameter: rows {@code from} to {@code to} of a block's matrix in a stack, or a
     * range of elements of a one-dimensional stack.
     */
    public record Part(String name, String stack, int block, int from, int to) {}

    private LoraStacks(NDManager scope, ModelConfig config, LoraAdapter adapter) {
        this.blocks = blocks(config, adapter);
        List<NDArray> order = new ArrayList<>();
        for (SharedInput input : SharedInput.values()) {
            order.add(stackOfA(scope, config, adapter, input));
        }
        for (LinearLayer linear : LinearLayer.values()) {
            order.add(stackOfB(scope, config, adapter, linear));
        }
        for (LinearLayer linear : LinearLayer.values()) {
            order.add(stackOfMagnitudes(scope, adapter, linear));
        }
        for (SharedInput input : SharedInput.values()) {
            order.add(squares(scope, config, adapter, input));
        }
        this.list = TensorList.of(scope, order);
        addParts(adapter);
    }

    /**
     * Copies an adapter, which must have the same layers and the same rank in every adapted block.
     *
     * @param scope owns the copies, which are trainable
     */
    public static LoraStacks of(NDManager scope, ModelConfig config, LoraAdapter adapter) {
        return new LoraStacks(scope, config, adapter);
    }

    /** The stacks that are not empty, by name. */
    public Map<String, NDArray> leaves() {
        return Collections.unmodifiableMap(leaves);
    }

    /** Location of each parameter, in the order of {@link LoraAdapter#parameters()}. */
    public List<Part> parts() {
        return Collections.unmodifiableList(parts);
    }

    /** The adapted blocks, in order. */
    public List<Integer> blocks() {
        return blocks;
    }

    /** Whether the adapters have trained magnitudes (DoRA). */
    boolean hasMagnitudes() {
        return leaves.keySet().stream().anyMatch(PeftAdapter::isMagnitude);
    }

    /** The program's argument {@code P}. */
    public TensorList list() {
        return list;
    }

    private static List<Integer> blocks(ModelConfig config, LoraAdapter adapter) {
        List<Integer> blocks = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LinearLayer linear : LinearLayer.values()) {
                if (adapter.pairs().containsKey(linear.module(layer))) {
                    blocks.add(layer);
                    break;
                }
            }
        }
        return Collections.unmodifiableList(blocks);
    }

    private boolean adapts(LoraAdapter adapter, LinearLayer linear) {
        return adapter.pairs().containsKey(linear.module(blocks.get(0)));
    }

    private static Pair pair(LoraAdapter adapter, LinearLayer linear, int layer) {
        return Objects.requireNonNull(adapter.pairs().get(linear.module(layer)), linear.module(layer));
    }

    private NDArray stackOfA(NDManager scope, ModelConfig config, LoraAdapter adapter, SharedInput input) {
        List<LinearLayer> linears = input.linears().stream()
                .filter(linear -> adapts(adapter, linear))
                .toList();
        if (linears.isEmpty()) {
            int width = input.linears().get(0).inputs(config);
            return scope.create(new Shape(blocks.size(), 0, width), DataType.FLOAT32);
        }
        NDList matrices = new NDList();
        for (int layer : blocks) {
            NDList rows = new NDList();
            linears.forEach(linear -> rows.add(pair(adapter, linear, layer).a()));
            matrices.add(NDArrays.concat(rows));
        }
        return leaf(scope, PeftAdapter.nameOfA(input.label()), NDArrays.stack(matrices));
    }

    private NDArray stackOfB(NDManager scope, ModelConfig config, LoraAdapter adapter, LinearLayer linear) {
        if (!adapts(adapter, linear)) {
            return scope.create(new Shape(blocks.size(), linear.outputs(config), 0), DataType.FLOAT32);
        }
        NDList matrices = new NDList();
        blocks.forEach(layer -> matrices.add(pair(adapter, linear, layer).b()));
        return leaf(scope, PeftAdapter.nameOfB(linear.path()), NDArrays.stack(matrices));
    }

    private NDArray stackOfMagnitudes(NDManager scope, LoraAdapter adapter, LinearLayer linear) {
        if (!hasMagnitude(adapter, linear)) {
            return scope.create(new Shape(0), DataType.FLOAT32);
        }
        NDList vectors = new NDList();
        blocks.forEach(layer -> vectors.add(magnitude(adapter, linear, layer)));
        return leaf(scope, PeftAdapter.nameOfMagnitude(linear.path()), NDArrays.concat(vectors));
    }

    /** Squared row norms (J, out) of the layers that share an input; 1 for layers that are not adapted. */
    private NDArray squares(NDManager scope, ModelConfig config, LoraAdapter adapter, SharedInput input) {
        if (input.linears().stream().noneMatch(linear -> hasMagnitude(adapter, linear))) {
            return scope.create(new Shape(0), DataType.FLOAT32);
        }
        NDManager temporary = adapter.pairs().values().iterator().next().a().getManager();
        NDList rows = new NDList();
        for (int layer : blocks) {
            NDList parts = new NDList();
            for (LinearLayer linear : input.linears()) {
                parts.add(
                        hasMagnitude(adapter, linear)
                                ? Objects.requireNonNull(
                                        pair(adapter, linear, layer).squares())
                                : temporary.ones(new Shape(linear.outputs(config))));
            }
            rows.add(NDArrays.concat(parts));
        }
        NDArray squares = NDArrays.stack(rows);
        squares.attach(scope);
        return squares;
    }

    private boolean hasMagnitude(LoraAdapter adapter, LinearLayer linear) {
        return adapts(adapter, linear) && pair(adapter, linear, blocks.get(0)).magnitude() != null;
    }

    private static NDArray magnitude(LoraAdapter adapter, LinearLayer linear, int layer) {
        return Objects.requireNonNull(pair(adapter, linear, layer).magnitude(), linear.module(layer));
    }

    private NDArray leaf(NDManager scope, String name, NDArray stack) {
        stack.attach(scope);
        stack.setRequiresGradient(true);
        leaves.put(name, stack);
        return stack;
    }

    private void addParts(LoraAdapter adapter) {
        for (int j = 0; j < blocks.size(); j++) {
            for (SharedInput input : SharedInput.values()) {
                int row = 0;
                for (LinearLayer linear : input.linears()) {
                    if (adapts(adapter, linear)) {
                        String module = linear.module(blocks.get(j));
                        Pair pair = pair(adapter, linear, blocks.get(j));
                        int rank = (int) pair.a().getShape().get(0);
                        int out = (int) pair.b().getShape().get(0);
                        String a = PeftAdapter.nameOfA(input.label());
                        String b = PeftAdapter.nameOfB(linear.path());
                        parts.add(new Part(PeftAdapter.nameOfA(module), a, j, row, row + rank));
                        parts.add(new Part(PeftAdapter.nameOfB(module), b, j, 0, out));
                        if (pair.magnitude() != null) {
                            String m = PeftAdapter.nameOfMagnitude(linear.path());
                            String name = PeftAdapter.nameOfMagnitude(module);
                            parts.add(new Part(name, m, j, j * out, (j + 1) * out));
                        }
                        row += rank;
                    }
                }
            }
        }
    }
}
