package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.format.FormatProblem;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Layout;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder's weights in the layout of the program {@code decoding.py}. Weights that read the same
 * input are fused into one tensor, and matrices have the layout of the program's matrix products.
 *
 * <p>Each weight is in memory once. The exception is a tied embedding whose output matrix is
 * packed: it is in memory twice.
 */
public final class FrozenWeights {
    private final NDManager scope;
    private final ModelConfig config;
    private final ModelFolder folder;
    private final TensorReader reader;
    private final @Nullable WeightPacking packing;
    private final List<NDArray> order = new ArrayList<>();

    private FrozenWeights(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            MatrixProducts products) {
        this.scope = scope;
        this.config = config;
        this.folder = folder;
        this.reader = new TensorReader(scope, precision);
        this.packing = products == MatrixProducts.PACKED ? new WeightPacking(scope) : null;
    }

    /**
     * Loads a model's weights.
     *
     * @param scope owns the tensors
     * @param products how the program multiplies matrices
     * @throws FormatProblem when a weight is missing or has another shape than the config says
     */
    public static TensorList load(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            ComputePrecision precision,
            MatrixProducts products) {
        FrozenWeights weights = new FrozenWeights(scope, config, folder, precision, products);
        weights.addOuter();
        for (int layer = 0; layer < config.layers(); layer++) {
            weights.addBlock("model.layers." + layer + ".");
        }
        float[] local = config.localFrequencies();
        weights.order.add(Torch.floats(scope, local, new Shape(local.length)));
        return TensorList.of(scope, weights.order);
    }

    private void addOuter() {
        StoredTensor embedding = stored(Layout.EMBEDDING);
        boolean shared = config.tiedEmbeddings() && packing == null;
        NDArray rows = shared ? reader.frozen(embedding) : reader.table(embedding);
        order.add(rows);
        order.add(reader.frozen(stored(Layout.FINAL_NORM)));
        if (shared) {
            order.add(rows);
        } else {
            String output = config.tiedEmbeddings() ? Layout.EMBEDDING : Layout.OUTPUT;
            order.add(matrix(List.of(stored(output))));
        }
        float[] frequencies = config.frequencies();
        order.add(Torch.floats(scope, frequencies, new Shape(frequencies.length)));
    }

    private void addBlock(String block) {
        for (List<Layout.Slot> parts : Layout.fused(config)) {
            List<StoredTensor> stored = new ArrayList<>();
            parts.forEach(part -> stored.add(stored(block + part.name())));
            Layout.Slot first = parts.get(0);
            boolean multiplied = first.shape().dimension() == 2 && !first.name().equals(Layout.ROUTER);
            order.add(multiplied ? matrix(stored) : whole(stored));
        }
    }

    private NDArray matrix(List<StoredTensor> parts) {
        NDArray plain = whole(parts);
        if (packing == null) {
            return plain;
        }
        try (plain) {
            return packing.forward(plain);
        }
    }

    private NDArray whole(List<StoredTensor> parts) {
        return parts.size() == 1 ? reader.frozen(parts.get(0)) : reader.joined(parts);
    }

    private StoredTensor stored(String name) {
        return Weights.stored(config, folder, name);
    }
}
