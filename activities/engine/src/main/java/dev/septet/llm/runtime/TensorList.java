package dev.septet.llm.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * Tensors that are passed to scripts as one {@code List[Tensor]}. The list is converted once and
 * can be passed repeatedly.
 *
 * <p>It keeps its arrays reachable, and also the mapped files that contain them. Closed with its
 * scope.
 */
public final class TensorList implements AutoCloseable {
    private final List<NDArray> arrays;
    private final IValue value;

    private TensorList(List<NDArray> arrays, IValue value) {
        this.arrays = arrays;
        this.value = value;
    }

    public static TensorList of(NDManager scope, List<? extends NDArray> arrays) {
        PtNDArray[] tensors = arrays.toArray(PtNDArray[]::new);
        TensorList list = new TensorList(List.copyOf(arrays), IValue.listFrom(tensors));
        scope.attachInternal(NDManager.nextUid(), list);
        return list;
    }

    /** The arrays, in order. */
    public List<NDArray> arrays() {
        return arrays;
    }

    IValue value() {
        return value;
    }

    @Override
    public void close() {
        value.close();
    }
}
