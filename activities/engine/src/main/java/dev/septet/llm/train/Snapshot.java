package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.TensorSource;
import dev.septet.llm.runtime.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A copy of a run's state in host memory. Later steps do not change the copy. {@link #writeTo} does
 * not call libtorch. So another thread can write the copy during training without taking threads
 * from libtorch.
 *
 * <p>Close it after the last write, and before its trainer.
 */
public final class Snapshot implements AutoCloseable {
    private final Checkpoint state;
    private final NDManager scope;
    private final List<TensorSource> parameters;
    private final List<TensorSource> moments;

    /**
     * Copies the state.
     *
     * @param owner scope of the trainer
     * @throws dev.septet.llm.runtime.OutOfMemory when the copies do not fit; nothing is kept
     */
    Snapshot(NDManager owner, Checkpoint state, Map<String, NDArray> parameters, Map<String, NDArray> moments) {
        this.state = state;
        this.scope = owner.newSubManager();
        try {
            this.parameters = copied(parameters);
            this.moments = copied(moments);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /** Writes the files that {@link Trainer#save} would have written at that moment. */
    public void writeTo(Path folder) throws IOException {
        state.write(folder, parameters, moments);
    }

    private List<TensorSource> copied(Map<String, NDArray> arrays) {
        List<TensorSource> sources = new ArrayList<>();
        arrays.forEach((name, array) ->
                sources.add(TensorSource.bytes(name, ElementType.F32, array.getShape(), Torch.hostCopy(scope, array))));
        return sources;
    }

    @Override
    public void close() {
        scope.close();
    }
}
