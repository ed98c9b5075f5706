package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.config.SharedInput;
import dev.septet.llm.model.program.FusedLoraProgram;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Frozen weights in the layout of {@link FusedLoraProgram}. Matrices that read the same normalized
 * input are fused into one, which is multiplied by the norm's weight.
 *
 * <p>With DoRA's magnitudes, the matrices of adapted blocks are not multiplied by the norm's
 * weight. DoRA needs the row norms of the plain matrices, and dividing by a norm weight fails when
 * it is 0.
 */
public final class FusedWeights {
    private final NDManager scope;
    private final ModelConfig config;
    private final ModelFolder folder;
    private final ComputePrecision precision;
    private final Script script;
    private final @Nullable WeightPacking packing;
    private final List<NDArray> order = new ArrayList<>();

    private FusedWeights(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            Script script,
            MatrixProducts products) {
        this.scope = scope;
        this.config = config;
        this.folder = folder;
        this.precision = precision;
        this.script = script;
        this.packing = products == MatrixProducts.PACKED ? new WeightPacking(scope) : null;
    }

    /**
     * Loads a model with the Llama architecture.
     *
     * @param scope owns the tensors
     * @param script the program
     * @param products how the program multiplies matrices
     * @param stacks the adapters
     * @throws dev.septet.llm.format.FormatProblem when a weight is missing or has another shape
     *     than the config says
     */
    public static TensorList load(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            Script script,
            MatrixProducts products,
            LoraStacks stacks) {
        FusedWeights weights = new FusedWeights(scope, config, folder, precision, script, products);
        weights.addOuter(stacks.blocks());
        for (int layer = 0; layer < config.layers(); layer++) {
            boolean bare = stacks.hasMagnitudes() && stacks.blocks().contains(layer);
            weights.addBlock("model.layers." + layer + ".", !bare);
        }
        return TensorList.of(scope, weights.order);
    }

    private void addOuter(List<Integer> adapted) {
        NDArray embedding = frozen(Layout.EMBEDDING);
        float[] frequencies = config.frequencies();
        order.add(embedding);
        order.add(frozen(Layout.FINAL_NORM));
        order.add(Torch.floats(scope, frequencies, new Shape(frequencies.length)));
        order.add(norms(adapted, "input_layernorm.weight"));
        order.add(norms(adapted, "post_attention_layernorm.weight"));
        if (config.tiedEmbeddings()) {
            addTwice(embedding);
        } else {
            addMatrix(frozen(Layout.OUTPUT));
        }
    }

    /**
     * @param normed whether the matrices are multiplied by the norms' weights
     */
    private void addBlock(String block, boolean normed) {
        addMatrix(fused(block, SharedInput.ATTENTION, "input_layernorm.weight", normed));
        addMatrix(frozen(block + LinearLayer.O_PROJ.path() + ".weight"));
        addMatrix(fused(block, SharedInput.FEED_FORWARD, "post_attention_layernorm.weight", normed));
        addMatrix(frozen(block + LinearLayer.DOWN_PROJ.path() + ".weight"));
    }

    /** Adds a matrix that only the matrix products use. */
    private void addMatrix(NDArray matrix) {
        addTwice(matrix);
        if (packing != null) {
            matrix.close();
        }
    }

    /** Adds the layouts for the forward and for the backward product. */
    private void addTwice(NDArray matrix) {
        order.add(packing == null ? matrix : packing.forward(matrix));
        order.add(packing == null ? matrix : packing.backward(matrix));
    }

    private NDArray frozen(String name) {
        return new TensorReader(scope, precision).frozen(stored(name));
    }

    private NDArray fused(String block, SharedInput input, String norm, boolean normed) {
        List<StoredTensor> parts = input.linears().stream()
                .map(linear -> stored(block + linear.path() + ".weight"))
                .toList();
        if (!normed) {
            return new TensorReader(scope, precision).joined(parts);
        }
        try (NDManager temporary = scope.newSubManager()) {
            TensorReader exact = new TensorReader(temporary, ComputePrecision.FLOAT32);
            return script.tensor(scope, "fused", exact.joined(parts), exact.frozen(stored(block + norm)));
        }
    }

    private StoredTensor stored(String name) {
        return Weights.stored(config, folder, name);
    }

    /** (J, 1, D). */
    private NDArray norms(List<Integer> blocks, String name) {
        try (NDManager temporary = scope.newSubManager()) {
            TensorReader reader = new TensorReader(temporary, ComputePrecision.FLOAT32);
            NDList norms = new NDList();
            for (int layer : blocks) {
                String norm = "model.layers." + layer + "." + name;
                norms.add(reader.parameter(stored(norm)).expandDims(0));
            }
            NDArray stack = NDArrays.stack(norms);
            stack.attach(scope);
            return stack;
        }
    }
}
