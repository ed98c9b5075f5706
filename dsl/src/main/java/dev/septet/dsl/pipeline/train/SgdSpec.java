package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/** The SGD optimizer with momentum: v = momentum v + g; p = p - lr v. */
public record SgdSpec(double momentum, double weightDecay) implements OptimizerSpec {
    public static final SgdSpec DEFAULT = new SgdSpec(0.9, 0.0);

    public SgdSpec {
        require(momentum >= 0 && momentum < 1, "momentum must be from 0 to below 1");
        require(weightDecay >= 0, "weightDecay must be at least 0, got %s", weightDecay);
    }
}
