package dev.septet.llm.optimizer;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.TensorList;
import java.util.List;

/** Stochastic gradient descent with momentum: m = momentum m + g + decay p; p = p - rate m. */
public record Sgd(double momentum, double weightDecay) implements OptimizerConfig {
    @Override
    public List<String> moments() {
        return List.of("momentum");
    }

    @Override
    public double gradientsInMoment(int updates) {
        return momentum == 1 ? updates : (1 - StrictMath.pow(momentum, updates)) / (1 - momentum);
    }

    @Override
    public void update(
            NDManager scope,
            Script script,
            TensorList parameters,
            List<TensorList> moments,
            int update,
            double rate,
            double decay) {
        script.call(scope, "sgd", parameters, moments.get(0), rate, momentum, decay);
    }
}
