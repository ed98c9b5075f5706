package dev.septet.llm.optimizer;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.TensorList;
import java.util.List;

/**
 * Adam with decoupled weight decay, bias correction, and epsilon outside the root, as in torch.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, 2017</a>
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements OptimizerConfig {
    public static final AdamW DEFAULT = new AdamW(0.9, 0.999, 1e-8, 0);

    @Override
    public List<String> moments() {
        return List.of("first_moment", "second_moment");
    }

    @Override
    public double gradientsInMoment(int updates) {
        return 1 - StrictMath.pow(beta1, updates);
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
        script.call(
                scope, "adamw", parameters, moments.get(0), moments.get(1), update, rate, beta1, beta2, epsilon, decay);
    }
}
