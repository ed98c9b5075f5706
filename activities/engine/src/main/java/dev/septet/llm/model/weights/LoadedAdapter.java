package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** An adapter in memory beside its model, one of perhaps many. Close it before the model. */
public final class LoadedAdapter implements AutoCloseable {
    private final NDManager scope;
    private final List<NDArray> tensors;

    public LoadedAdapter(NDManager scope, List<NDArray> tensors) {
        this.scope = scope;
        this.tensors = List.copyOf(tensors);
    }

    /** A (rank, in) and B (out, rank), its scale folded in, per layer and site. */
    public List<NDArray> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        scope.close();
    }
}
