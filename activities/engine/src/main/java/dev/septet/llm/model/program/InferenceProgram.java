package dev.septet.llm.model.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.StoredTensor;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.weights.FrozenWeights;
import dev.septet.llm.model.weights.LoraAdapter;
import dev.septet.llm.model.weights.MatrixProducts;
import dev.septet.llm.model.weights.RowNorms;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.TensorList;
import dev.septet.llm.runtime.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The compiled inference program of a decoder: the resources {@code decoder.py} and {@code
 * decoding.py}.
 */
final class InferenceProgram {
    private final ModelConfig config;
    private final ModelFolder folder;
    private final Script script;
    private final TensorList weights;
    private final TensorList adapter;

    private InferenceProgram(
            NDManager scope,
            ModelConfig config,
            ModelFolder folder,
            Script script,
            TensorList weights,
            LoraAdapter adapter) {
        this.config = config;
        this.folder = folder;
        this.script = script;
        this.weights = weights;
        this.adapter = TensorList.of(scope, inOrder(scope, adapter));
    }

    /**
     * Loads a model and compiles the program for it.
     *
     * @param scope owns the program and the weights
     * @param adapter may be closed afterwards
     * @throws dev.septet.llm.format.FormatProblem when a weight is missing or has another shape
     *     than the config says
     */
    static InferenceProgram open(
            NDManager scope, ModelConfig config, ModelFolder folder, ComputePrecision precision, LoraAdapter adapter) {
        MatrixProducts products = MatrixProducts.decoding(scope, precision);
        TensorList weights = FrozenWeights.load(scope, config, folder, precision, products);
        Script script = Script.load(
                scope, Decoder.source("decoding.py", precision, ProgramConstants.fused(config, precision, products)));
        return new InferenceProgram(scope, config, folder, script, weights, adapter);
    }

    /** A decoder that scores whole rows of tokens with the adapter that the model was opened with. */
    Decoder whole() {
        return new Decoder(script, weights, adapter);
    }

    /** Allocates the KV cache of one sequence: (layers, 2, K, slots, E). */
    NDArray newSequence(NDManager scope, int slots) {
        return script.tensor(scope, "sequence", weights.arrays().get(0), slots);
    }

    /** Copies a cache's first {@code used} slots into a new cache of {@code slots} slots. */
    NDArray resized(NDManager scope, NDArray sequence, int used, int slots) {
        return script.tensor(scope, "resized", sequence, used, slots);
    }

    /** Copies a range of slots from one cache into another. */
    void copySlots(NDManager scope, NDArray into, NDArray source, int from, int to) {
        script.call(scope, "copied", into, source, from, to).close();
    }

    /**
     * An adapter's tensors in the order of {@link #decode}: A and B per layer and linear layer,
     * with the scaling already folded into B, then DoRA's factors.
     */
    List<NDArray> inOrder(NDManager scope, LoraAdapter adapter) {
        try (NDManager temporary = scope.newSubManager()) {
            LoraAdapter folded = foldMagnitudes(temporary, adapter);
            TensorList exact = TensorList.of(temporary, folded.inOrder(temporary, config));
            return script.call(scope, "rounded", exact);
        }
    }

    /** The adapter with each magnitude already divided by its row norm. */
    private LoraAdapter foldMagnitudes(NDManager scope, LoraAdapter adapter) {
        if (adapter.pairs().values().stream().allMatch(pair -> pair.magnitude() == null)) {
            return adapter;
        }
        RowNorms squares = new RowNorms(scope);
        Map<String, LoraAdapter.Pair> pairs = new LinkedHashMap<>();
        adapter.pairs().forEach((module, pair) -> pairs.put(module, foldMagnitudes(scope, squares, module, pair)));
        return new LoraAdapter(pairs, adapter.scaling(), adapter.dropout());
    }

    private LoraAdapter.Pair foldMagnitudes(NDManager scope, RowNorms squares, String module, LoraAdapter.Pair pair) {
        NDArray magnitude = pair.magnitude();
        if (magnitude == null) {
            return pair;
        }
        try (NDManager temporary = scope.newSubManager()) {
            NDArray matrix = matrix(temporary, module + ".weight");
            NDArray factors = script.tensor(
                    scope, "stretch", magnitude, squares.of(temporary, matrix), matrix, pair.a(), pair.b());
            return new LoraAdapter.Pair(pair.a(), pair.b(), factors, null);
        }
    }

    /**
     * Reads one matrix in the compute type from the mapped file, because the program holds it only
     * in packed form.
     */
    private NDArray matrix(NDManager scope, String name) {
        StoredTensor stored = Weights.stored(config, folder, name);
        NDArray exact = Torch.floats(scope, stored.floats(), stored.shape());
        return script.call(scope, "rounded", TensorList.of(scope, List.of(exact)))
                .singletonOrThrow();
    }

    /** Tensors of the adapter that the program was compiled with; empty if there is none. */
    List<NDArray> adapter() {
        return adapter.arrays();
    }

    /** Appends tokens to sequences and scores tokens that follow them; see {@code continued} in {@code decoding.py}. */
    NDArray continued(
            NDManager scope,
            NDArray ids,
            NDArray positions,
            long[] spans,
            NDArray at,
            NDArray targets,
            List<NDArray> sequences) {
        long[] groups = {adapter.arrays().isEmpty() ? -1 : 0, ids.size()};
        return script.tensor(
                scope,
                "continued",
                ids,
                positions,
                spans,
                groups,
                at,
                targets,
                weights,
                adapter,
                TensorList.of(scope, sequences));
    }

    /** Appends tokens to sequences; see {@code decode} in {@code decoding.py}. */
    NDList decode(NDManager scope, DecodingBatch batch) {
        return script.call(
                scope,
                "decode",
                batch.ids(),
                batch.positions(),
                batch.spans(),
                batch.groups(),
                batch.at(),
                batch.scored(),
                batch.vocabulary(),
                weights,
                batch.adapters(),
                batch.sequences());
    }
}
