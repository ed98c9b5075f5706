package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * The learning-rate schedule: linear from 0 to the peak during warmup, then by shape.
 *
 * @param shape the decay after the warmup
 * @param peak the largest learning rate
 * @param warmup optimizer steps until the peak
 */
public record LearningRateSpec(Shape shape, double peak, int warmup) {
    public static final LearningRateSpec DEFAULT = new LearningRateSpec(Shape.COSINE, 2e-4, 0);

    public LearningRateSpec {
        require(peak > 0 && peak < 1, "peak: must be above 0 and below 1, got %s", peak);
        require(warmup >= 0, "warmup: must be at least 0.steps, got %s", warmup);
    }

    /** Decay after the warmup. */
    public enum Shape {
        /** Stays at the peak. */
        CONSTANT,
        /** A linear decrease from the peak to 0 at the last step. */
        LINEAR,
        /** A half cosine from the peak to 0 at the last step. */
        COSINE
    }
}
