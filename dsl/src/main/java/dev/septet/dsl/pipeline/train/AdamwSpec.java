package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * The AdamW optimizer: Adam with decoupled weight decay.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, 2017</a>
 */
public record AdamwSpec(double weightDecay, double beta1, double beta2, double epsilon) implements OptimizerSpec {
    public static final AdamwSpec DEFAULT = new AdamwSpec(0.0, 0.9, 0.999, 1e-8);

    public AdamwSpec {
        require(weightDecay >= 0, "weightDecay must be at least 0, got %s", weightDecay);
        require(beta1 >= 0 && beta1 < 1, "beta1 must be from 0 to below 1, got %s", beta1);
        require(beta2 >= 0 && beta2 < 1, "beta2 must be from 0 to below 1, got %s", beta2);
        require(epsilon > 0, "epsilon must be above 0, got %s", epsilon);
    }
}
