package dev.septet.llm.train;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import java.util.Optional;

/**
 * Measured speed of a training on this machine. A few of the training's own steps are timed.
 *
 * @param perToken seconds per input token of a step
 * @param before seconds per token of the data to compute cached activations, which happens before
 *     the first step; 0 if there are none
 */
public record StepTime(double perToken, double before) {
    private static final int STEPS = 2;
    private static final double NANOS = 1e9;

    /**
     * Measures the time. The steps use the training's own rows. So the mix of long and short rows,
     * and of tokens without loss, is representative.
     *
     * @throws dev.septet.llm.runtime.OutOfMemory when a micro-batch does not fit
     */
    public static StepTime of(TrainingPlan plan, TrainingInputs inputs, MicroBatchBudget budget) {
        return CachedActivations.usedBy(plan, ModelConfig.read(inputs.model()))
                ? new StepTime(
                        ofSteps(plan, inputs.with(CachedActivations.zero()), budget),
                        CachedActivationsWriter.secondsPerToken(plan, inputs, budget))
                : new StepTime(ofSteps(plan, inputs, budget), 0);
    }

    private static double ofSteps(TrainingPlan plan, TrainingInputs inputs, MicroBatchBudget budget) {
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            trainer.setBudget(budget);
            trainer.unfreeze();
            trainer.step(); // the first call also compiles
            long tokens = 0;
            long began = System.nanoTime();
            for (int step = 0; step < STEPS; step++) {
                tokens += trainer.step().inputTokens();
            }
            return (System.nanoTime() - began) / NANOS / tokens;
        }
    }
}
