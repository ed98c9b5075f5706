package dev.septet.llm.train;

import dev.septet.llm.model.LoraProgram;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.model.Precision;

/** Sizes, in bytes, of what {@link LoraProgram} holds. */
final class LoraMemory {
    private static final int FLOAT = 4;

    private LoraMemory() {}

    /**
     * Matrices beside the model's own: fused float32 ones, which lie beside those of the mapped
     * file that they come from; packed bf16 ones, of which there are two, one for each direction
     * (less by those where a machine cannot pack).
     */
    static long copies(ModelConfig config, Precision precision) {
        long hidden = config.hiddenSize();
        long heads = config.heads() + 2L * config.keyValueHeads();
        long fused = (heads * config.headSize() + 2L * config.feedForwardSize()) * hidden;
        if (precision == Precision.FLOAT32) {
            return FLOAT * fused * config.layers();
        }
        long others =
                ((long) config.heads() * config.headSize() + config.feedForwardSize()) * hidden;
        long output = config.vocabularySize() * hidden * (config.tiedEmbeddings() ? 2 : 1);
        return precision.bytes() * ((fused + others) * config.layers() + output);
    }

    /**
     * What a forward pass keeps for the backward pass of a micro-batch of the longest rows, and
     * what both need for a moment.
     *
     * @param atOnce how much is computed at once
     * @param length positions of a row
     * @param layers blocks from the first adapted one on
     */
    static long step(ModelConfig config, TrainingPlan plan, AtOnce atOnce, int length, int layers) {
        long tokens = atOnce.rows(length + 1) * length;
        long compute = plan.precision().bytes();
        long hidden = config.hiddenSize();
        long query = (long) config.heads() * config.headSize();
        long keyValue = (long) config.keyValueHeads() * config.headSize();
        long feedForward = config.feedForwardSize();
        // Kept per token and block: both normed inputs, queries and attention's output, keys and
        // values, gate and up; of short rows the probabilities, a quarter of which the causal
        // blocks leave out.
        long block = compute * (2 * hidden + 2 * query + 2 * keyValue + 2 * feedForward);
        if (length <= LoraProgram.shortRow()) {
            block += compute * config.heads() * length * 3 / 4;
        }
        // The stream and its gradient; one block's gradients beside what that block keeps.
        long moment =
                2 * FLOAT * hidden
                        + compute * (5 * feedForward + 2 * hidden + 2 * query + 2 * keyValue);
        // The head's input and its gradient, logits and their probabilities.
        long chunk = Math.min(tokens, LoraProgram.chunk(config));
        long head =
                tokens * hidden * (3 * FLOAT + 2 * compute)
                        + 2 * compute * chunk * config.vocabularySize();
        // Where activations are computed anew, only what enters each block is kept, and all of one.
        long kept = atOnce.recompute() ? (long) layers * FLOAT * hidden + block : layers * block;
        return tokens * (kept + moment) + head;
    }
}
