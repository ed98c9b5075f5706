package dev.septet.llm.train.memory;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.CrossEntropy;
import dev.septet.llm.model.weights.Sublayers;

/**
 * Memory in bytes that all programs with a handwritten backward pass need beside weights. The terms
 * follow {@code sublayers.py} and {@code cross_entropy.py}.
 *
 * @param compute bytes of a value in the compute type
 * @param length positions of a row
 */
record SublayerMemory(ModelConfig config, long compute, int length) {
    private static final int FLOAT = 4;

    /**
     * Peak of a step on a micro-batch of the longest rows.
     *
     * @param layers number of blocks from the first trained one
     * @param kept what the program additionally keeps per token and block
     * @param flowing what the program additionally holds per token while a block's gradients are
     *     computed
     */
    long step(MicroBatchBudget budget, int layers, long kept, long flowing) {
        long tokens = budget.rows(length + 1) * length;
        long hidden = config.hiddenSize();
        long block = block() + kept;
        long backward = tokens * (gradients() + flowing);
        if (budget.recompute()) {
            backward += tokens * block;
        }
        return tokens * (budget.stored(layers, FLOAT * hidden, block) + FLOAT * hidden) + head(tokens) + backward;
    }

    /** Memory of a micro-batch of the longest rows in the forward pass through frozen blocks. */
    long forward(MicroBatchBudget budget) {
        long tokens = budget.rows(length + 1) * length;
        return tokens * (3L * FLOAT * config.hiddenSize() + block());
    }

    /**
     * Kept per token and block: both normalized inputs, queries and attention's output, keys and
     * values, gate and up. For short rows, also the attention probabilities, except those to the
     * right of the causal blocks.
     */
    private long block() {
        long block =
                compute * (2L * config.hiddenSize() + 2 * query() + 2 * keyValue() + 2L * config.feedForwardSize());
        if (length > Sublayers.SHORT_ROW) {
            return block;
        }
        int padded = Sublayers.padded(length);
        int queries = Math.min(padded, Sublayers.block((int) compute));
        return block + compute * config.heads() * (padded + queries) / 2;
    }

    /** Per token, the gradients of one block's inputs. */
    private long gradients() {
        return compute * (5L * config.feedForwardSize() + 2L * config.hiddenSize() + 2 * query() + 2 * keyValue());
    }

    /** The last norm's input, output and gradient; logits and their probabilities. */
    private long head(long tokens) {
        long chunk = Math.min(tokens, CrossEntropy.chunk(config));
        return tokens * config.hiddenSize() * (2 * FLOAT + 2 * compute) + 2 * compute * chunk * config.vocabularySize();
    }

    private long query() {
        return (long) config.heads() * config.headSize();
    }

    private long keyValue() {
        return (long) config.keyValueHeads() * config.headSize();
    }
}
