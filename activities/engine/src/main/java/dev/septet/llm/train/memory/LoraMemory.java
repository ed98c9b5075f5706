package dev.septet.llm.train.memory;

import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.FusedLoraProgram;
import dev.septet.llm.train.plan.TrainingPlan;

/**
 * Memory in bytes of a step with {@link FusedLoraProgram}, beside weights, gradients and moments.
 * The terms follow the program {@code lora.py}.
 *
 * @param length positions of a row
 */
record LoraMemory(ModelConfig config, TrainingPlan plan, Lora lora, int length) {
    /**
     * Additional matrices: packed bf16 matrices, one copy per direction. The estimate is too high
     * by their size on machines that cannot pack.
     */
    static long copies(ModelConfig config, ComputePrecision precision) {
        if (precision == ComputePrecision.FLOAT32) {
            return 0;
        }
        long hidden = config.hiddenSize();
        long query = (long) config.heads() * config.headSize();
        long keyValue = (long) config.keyValueHeads() * config.headSize();
        long block = (2 * query + 2 * keyValue + 3L * config.feedForwardSize()) * hidden;
        long output = config.vocabularySize() * hidden * (config.tiedEmbeddings() ? 2 : 1);
        return precision.bytes() * (block * config.layers() + output);
    }

    /**
     * Peak of a step on a micro-batch of the longest rows.
     *
     * @param layers number of blocks from the first adapted one
     */
    long step(MicroBatchBudget budget, int layers) {
        long compute = plan.precision().bytes();
        // The adapters' inner vectors; with magnitudes, also a second, scaled copy of gate and up.
        long kept = compute * (7L * lora.rank() + unscaledOutputs());
        long flowing = hasMagnitudes() ? compute * 2 * config.feedForwardSize() : 0;
        return new SublayerMemory(config, compute, length).step(budget, layers, kept, flowing) + adapters();
    }

    private boolean hasMagnitudes() {
        return plan.method() instanceof Dora;
    }

    /**
     * Unscaled outputs of adapted layers, which are stored only for the magnitudes' gradients.
     * Without magnitudes, attention stores only its rotated inputs, and the residual stream only
     * sums. The outputs of gate and up are always stored unscaled.
     */
    private long unscaledOutputs() {
        if (!hasMagnitudes()) {
            return 0;
        }
        long kept = 0;
        if (adapts(LinearLayer.Q_PROJ) || adapts(LinearLayer.K_PROJ) || adapts(LinearLayer.V_PROJ)) {
            kept += LinearLayer.Q_PROJ.outputs(config) + 2L * LinearLayer.K_PROJ.outputs(config);
        }
        kept += adapts(LinearLayer.O_PROJ) ? LinearLayer.O_PROJ.outputs(config) : 0;
        return kept + (adapts(LinearLayer.DOWN_PROJ) ? LinearLayer.DOWN_PROJ.outputs(config) : 0);
    }

    private boolean adapts(LinearLayer linear) {
        return lora.targets().contains(linear.module());
    }

    /**
     * The adapters in the layout of the products, and their gradients in the same layout. A's of a
     * group are concatenated, and its B's form a block diagonal matrix.
     */
    private long adapters() {
        long hidden = config.hiddenSize();
        long query = (long) config.heads() * config.headSize();
        long attention = query + 2L * config.keyValueHeads() * config.headSize();
        long feedForward = config.feedForwardSize();
        long block =
                3 * (hidden + attention) + (query + hidden) + 2 * (hidden + 2 * feedForward) + (feedForward + hidden);
        return 2L * plan.precision().bytes() * lora.rank() * config.layers() * block;
    }
}
