package dev.septet.llm.train.memory;

import dev.septet.llm.method.Dora;
import dev.septet.llm.method.Lora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.FusedLoraProgram;
import dev.septet.llm.train.plan.TrainingPlan;

/**
 * Sizes, in bytes, of what a step by {@link FusedLoraProgram} holds beside weights, gradients and
 * moments, term by term as the program {@code lora.py} has it.
 *
 * @param length positions of a row
 */
record LoraMemory(ModelConfig config, TrainingPlan plan, Lora lora, int length) {
    /**
     * Matrices beside the model's own: packed bf16 ones, of which there are two, one for each
     * direction (less by those where a machine cannot pack).
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
     * At the fullest moment of a step over a micro-batch of the longest rows.
     *
     * @param layers blocks from the first adapted one on
     */
    long step(MicroBatchBudget atOnce, int layers) {
        long compute = plan.precision().bytes();
        // The adapters' inner vectors; gate and up, which magnitudes stretch once more.
        long kept = compute * (7L * lora.rank() + unstretched());
        long flowing = hasMagnitudes() ? compute * 2 * config.feedForwardSize() : 0;
        return new SublayerMemory(config, compute, length).step(atOnce, layers, kept, flowing) + adapters();
    }

    private boolean hasMagnitudes() {
        return plan.method() instanceof Dora;
    }

    /**
     * Outputs that only magnitudes' gradients need: attention keeps its inputs turned, the stream
     * keeps sums. Gate and up are kept anyway, before they are stretched.
     */
    private long unstretched() {
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

    private boolean adapts(LinearLayer site) {
        return lora.targets().contains(site.module());
    }

    /**
     * The adapters as the products take them, A's of a group in one and its B's as a block diagonal
     * matrix, and the gradients in that form.
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
