package dev.septet.llm.optimizer;

/**
 * Learning rate schedule: linear from 0 to the peak during warmup, then by shape. The values equal
 * those of transformers' schedules with the same names.
 *
 * @param peak the highest rate
 * @param warmup steps until the peak; the first step of a warmup has rate 0
 */
public record LearningRate(Shape shape, double peak, int warmup) {

    public LearningRate {
        if (!(peak > 0) || warmup < 0) {
            throw new IllegalArgumentException(
                    "peak must be above 0 and warmup at least 0, they are " + peak + " and " + warmup);
        }
    }

    /** The schedule after the warmup. */
    public enum Shape {
        CONSTANT,
        LINEAR,
        COSINE
    }

    /**
     * The rate of one step.
     *
     * @param step counted from 0
     * @param totalSteps steps of the whole run
     */
    public double at(int step, int totalSteps) {
        if (step < warmup) {
            return peak * step / warmup;
        }
        double progress = (step - warmup) / (double) Math.max(1, totalSteps - warmup);
        return switch (shape) {
            case CONSTANT -> peak;
            case LINEAR -> peak * Math.max(0, 1 - progress);
            case COSINE -> peak * Math.max(0, 0.5 * (1 + StrictMath.cos(Math.PI * progress)));
        };
    }
}
