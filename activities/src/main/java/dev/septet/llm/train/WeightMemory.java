package dev.septet.llm.train;

import dev.septet.llm.model.CrossEntropy;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.model.Precision;
import dev.septet.llm.model.Sublayers;
import dev.septet.llm.model.WeightProgram;
import dev.septet.llm.model.Weights;

/**
 * Sizes, in bytes, of what a step by {@link WeightProgram} holds beside weights, gradients and
 * moments, term by term as the program {@code weights.py} has it.
 *
 * @param length positions of a row
 */
record WeightMemory(ModelConfig config, TrainingPlan plan, int length) {
    private static final int FLOAT = 4;

    /**
     * At the fullest moment of a step over a micro-batch of the longest rows.
     *
     * @param layers blocks from the first trained one on
     */
    long step(AtOnce atOnce, int layers) {
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
        if (length <= Sublayers.SHORT_ROW) {
            block += compute * config.heads() * length * 3 / 4;
        }
        // The stream or its gradient; one block's gradients, by its inputs and by its matrices.
        long backward =
                tokens * compute * (5 * feedForward + 2 * hidden + 2 * query + 2 * keyValue);
        if (atOnce.recompute()) {
            backward += tokens * block;
        }
        // The last norm's input, output and gradient; logits and their probabilities.
        long chunk = Math.min(tokens, CrossEntropy.chunk(config));
        long head =
                tokens * hidden * (2 * FLOAT + 2 * compute)
                        + 2 * compute * chunk * config.vocabularySize();
        return tokens * (atOnce.kept(layers, FLOAT * hidden, block) + FLOAT * hidden)
                + product()
                + head
                + backward;
    }

    /** The largest trained matrix's gradient before it is added, and in bf16 its rounded form. */
    private long product() {
        long largest =
                Weights.names(config).stream()
                        .filter(name -> plan.method().trains(name, config, plan.frozenLayers()))
                        .mapToLong(name -> Weights.size(config, name))
                        .max()
                        .orElse(0);
        long forms = plan.precision() == Precision.FLOAT32 ? 1 : 2;
        return forms * plan.precision().bytes() * largest;
    }
}
