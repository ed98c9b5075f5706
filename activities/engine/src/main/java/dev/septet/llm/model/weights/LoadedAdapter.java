package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** An adapter loaded into memory. A model may have several loaded adapters. Close it before the model. */
public final class LoadedAdapter implements AutoCloseable {
    private final NDManager scope;
    private final List<NDArray> tensors;

    public LoadedAdapter(NDManager scope, List<NDArray> tensors) {
        this.scope = scope;
        this.tensors = List.copyOf(tensors);
    }

    /** A (rank, in) and B (out, rank) per layer and linear layer, with the scale folded in. */
    public List<NDArray> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        scope.close();
    }
}
