package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import java.util.Map;

/** Computes squared norms of the rows of matrices. Owned by the scope that it was loaded in. */
public final class RowNorms {
    private final NDManager scope;
    private final Script script;

    public RowNorms(NDManager scope) {
        this.scope = scope;
        this.script = Script.load(scope, ScriptSource.read(RowNorms.class, "tensors.py", "Tensors", Map.of()));
    }

    /** Sum of squares of each row of a matrix (out, in) of any floating-point type: (out). */
    public NDArray of(NDArray matrix) {
        return of(scope, matrix);
    }

    /**
     * As {@link #of(NDArray)}, with an owner.
     *
     * @param owner owns the result
     */
    public NDArray of(NDManager owner, NDArray matrix) {
        return script.tensor(owner, "squares", matrix);
    }
}
