package dev.septet.llm.train.memory;

import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.train.plan.TrainingPlan;

/**
 * Memory in bytes of a step with {@link FusedWeightProgram}, beside weights, gradients and moments.
 * The terms follow the program {@code weights.py}.
 *
 * @param length positions of a row
 */
record WeightMemory(ModelConfig config, TrainingPlan plan, int length) {
    /**
     * Peak of a step on a micro-batch of the longest rows.
     *
     * @param layers number of blocks from the first trained one
     */
    long step(MicroBatchBudget budget, int layers) {
        return new SublayerMemory(config, plan.precision().bytes(), length).step(budget, layers, 0, 0) + product();
    }

    /**
     * The gradient of the largest trained matrix, before it is added to the step's gradient; in bf16
     * also its rounded copy.
     */
    private long product() {
        long largest = Weights.names(config).stream()
                .filter(name -> plan.method().trains(name, config, plan.frozenLayers()))
                .mapToLong(name -> Weights.size(config, name))
                .max()
                .orElse(0);
        long forms = plan.precision() == ComputePrecision.FLOAT32 ? 1 : 2;
        return forms * plan.precision().bytes() * largest;
    }
}
