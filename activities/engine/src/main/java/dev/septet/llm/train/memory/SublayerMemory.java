package dev.septet.llm.train.memory;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.CrossEntropy;
import dev.septet.llm.model.weights.Sublayers;

/**
 * Sizes, in bytes, of what programs with a backward pass written by hand hold alike beside weights,
 * term by term as {@code sublayers.py} and {@code cross_entropy.py} have it.
 *
 * @param compute bytes of a number that flows between the matrices
 * @param length positions of a row
 */
record SublayerMemory(ModelConfig config, long compute, int length) {
    private static final int FLOAT = 4;

    /**
     * At the fullest moment of a step over a micro-batch of the longest rows.
     *
     * @param layers blocks from the first trained one on
     * @param kept what the program keeps of a token and block beside what all keep
     * @param flowing what it holds of a token beside it while a block's gradients are computed
     */
    long step(MicroBatchBudget atOnce, int layers, long kept, long flowing) {
        long tokens = atOnce.rows(length + 1) * length;
        long hidden = config.hiddenSize();
        long block = block() + kept;
        long backward = tokens * (gradients() + flowing);
        if (atOnce.recompute()) {
            backward += tokens * block;
        }
        return tokens * (atOnce.kept(layers, FLOAT * hidden, block) + FLOAT * hidden) + head(tokens) + backward;
    }

    /** Of a micro-batch of the longest rows on its way through frozen blocks. */
    long forward(MicroBatchBudget atOnce) {
        long tokens = atOnce.rows(length + 1) * length;
        return tokens * (3L * FLOAT * config.hiddenSize() + block());
    }

    /**
     * Kept per token and block: both normed inputs, queries and attention's output, keys and
     * values, gate and up; of short rows the probabilities, of which the causal blocks leave out
     * what lies right of them.
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

    /** Of a token, one block's gradients by its inputs. */
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
