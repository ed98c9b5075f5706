package dev.septet.llm.train;

import java.util.Optional;

/** How long a training takes on this machine, told from a few steps of its own. */
public final class StepTime {
    private static final int STEPS = 2;
    private static final double NANOS = 1e9;

    private StepTime() {}

    /**
     * Seconds per token of the rows. Steps are of the training's own rows, so that long and short
     * ones, and those whose tokens carry no loss, have their share in it.
     *
     * @throws dev.septet.llm.runtime.OutOfMemory when a micro-batch does not fit
     */
    public static double perToken(TrainingPlan plan, TrainingInputs inputs, AtOnce atOnce) {
        try (Trainer trainer = Trainer.open(plan, inputs, Optional.empty())) {
            trainer.compute(atOnce);
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
