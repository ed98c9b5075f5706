package dev.septet.llm.optimizer;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.TensorList;
import java.util.List;

/** An update rule and its constants. */
public sealed interface OptimizerConfig permits AdamW, Sgd {
    /** Names of the float32 tensors kept per parameter, each of the parameter's shape. */
    List<String> moments();

    /**
     * The sum of the weights with which the first moment contains the gradients of earlier updates.
     * The first moment divided by it is a weighted mean of those gradients.
     *
     * @param updates number of earlier updates, at least 1
     */
    double gradientsInMoment(int updates);

    /** Weight decay of matrices; norms do not decay, because they are vectors. */
    double weightDecay();

    /**
     * Updates parameters in place from their gradients.
     *
     * @param moments one list per name of {@link #moments()}
     * @param update number of this update, counted from 1
     */
    void update(
            NDManager scope,
            Script script,
            TensorList parameters,
            List<TensorList> moments,
            int update,
            double rate,
            double decay);
}
