package dev.septet.llm.train.memory;

import dev.septet.llm.model.config.ArchitectureOptions;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.Experts;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.Decoder;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.train.plan.TrainingPlan;

/**
 * Memory in bytes of a step with {@link Decoder}, beside weights, gradients and moments: what
 * libtorch's autograd keeps. The terms follow the program {@code decoder.py}.
 *
 * @param length positions of a row
 */
record DecoderMemory(ModelConfig config, TrainingPlan plan, int length) {
    private static final int FLOAT = 4;

    /**
     * Peak of a step on a micro-batch of the longest rows.
     *
     * @param layers number of blocks from the first trained one
     */
    long step(MicroBatchBudget budget, int layers) {
        long tokens = budget.rows(length + 1) * length;
        long hidden = config.hiddenSize();
        long block = block();
        // After the forward pass, the loss is computed. Then the blocks' gradients are computed one
        // after the other; with recomputation, the activations of that block are also in memory.
        // The allocator seldom reuses the first one's memory for the second.
        long backward = tokens * gradients() + matrices();
        if (budget.recompute()) {
            backward += tokens * block;
        }
        long rounded = budget.recompute() ? 0 : layers * roundedBlock();
        return tokens * (budget.stored(layers, FLOAT * hidden, block) + 2 * FLOAT * hidden)
                + rounded
                + head(tokens)
                + backward;
    }

    /** Kept per token and block. */
    private long block() {
        int compute = compute();
        long hidden = config.hiddenSize();
        // Both sums of the residual stream, which are kept for the norms, and the norms' outputs.
        long block = 2 * FLOAT * hidden + 2L * compute * hidden;
        block += attention() + feedForward() + compute * plan.method().kept(config);
        // A trained norm also keeps the input of its weight.
        long normed = trains("input_layernorm.weight") ? 2 : 1;
        if (normed == 2) {
            block += 2 * FLOAT * hidden;
        }
        ArchitectureOptions switches = config.switches();
        if (switches.sandwichNorms()) {
            block += 2 * normed * FLOAT * hidden;
        }
        if (switches.queryKeyNorm()) {
            block += normed * FLOAT * (query() + keyValue());
        }
        return block;
    }

    private long attention() {
        int compute = compute();
        boolean capped = config.switches().attentionCap() > 0;
        if (!capped && length > Decoder.shortRow(plan.precision())) {
            return 4L * compute * query(); // keys and values are repeated for the query heads
        }
        // Attention scores after the cap, and probabilities.
        long scores = (capped ? 2L : 1L) * config.heads() * length;
        return compute * (2 * query() + 2 * keyValue() + scores);
    }

    /** gate, silu(gate), up, and their product. */
    private long feedForward() {
        long one = (long) compute() * config.feedForwardSize();
        Experts experts = config.switches().experts();
        if (experts == null) {
            return 4 * one;
        }
        // Each expert that processes the token also keeps its output, and its input if it is
        // trained.
        boolean trained = trains("block_sparse_moe.experts.0.w1.weight");
        long ends = (long) compute() * config.hiddenSize();
        return experts.perToken() * (trained ? 4 * one + 2 * ends : 3 * one + ends);
    }

    /** Memory of one token's gradients at one time. */
    private long gradients() {
        Experts experts = config.switches().experts();
        long feedForward = (long) config.feedForwardSize() * (experts == null ? 1 : experts.perToken());
        return 2L * FLOAT * config.hiddenSize() + compute() * (2 * query() + 3 * feedForward);
    }

    /** Temporary matrices while a block's gradients are computed. */
    private long matrices() {
        long read = 0;
        long largest = 0;
        for (LinearLayer linear : LinearLayer.values()) {
            if (linear.isIn(config)) {
                long size = (long) linear.inputs(config) * linear.outputs(config);
                String name = linear.module(config.layers() - 1) + ".weight";
                if (plan.method().quantizes(name)) {
                    read += size * compute();
                    largest = Math.max(largest, 2 * FLOAT * size);
                } else if (plan.method().trains(name, config, plan.frozenLayers())) {
                    largest = Math.max(largest, FLOAT * size);
                }
            }
        }
        String embedding = "model.embed_tokens.weight";
        if (plan.method().trains(embedding, config, plan.frozenLayers())) {
            largest = Math.max(largest, FLOAT * Weights.size(config, embedding));
        }
        return read + largest;
    }

    /** In bf16, the graph keeps the rounded copy of every trained matrix of a block. */
    private long roundedBlock() {
        if (plan.precision() == ComputePrecision.FLOAT32) {
            return 0;
        }
        String block = "model.layers." + (config.layers() - 1) + ".";
        return Weights.names(config).stream()
                .filter(name -> name.startsWith(block))
                .filter(name -> plan.method().trains(name, config, plan.frozenLayers()))
                .mapToLong(name -> compute() * Weights.size(config, name))
                .sum();
    }

    /**
     * The last norm's input and output, their gradients, and a chunk of logits and probabilities in
     * float32. A trained output matrix also has a separate gradient tensor. In bf16, it has a
     * rounded copy too, and a chunk's product before it is added.
     */
    private long head(long tokens) {
        long chunk = Math.min(tokens, Decoder.chunk(config));
        long head =
                tokens * config.hiddenSize() * (FLOAT + 2L * compute()) + chunk * config.vocabularySize() * 2 * FLOAT;
        String output = config.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
        if (plan.method().trains(output, config, plan.frozenLayers())) {
            long rounded = plan.precision() == ComputePrecision.BF16 ? 2L * compute() : 0;
            head += (FLOAT + rounded) * config.hiddenSize() * config.vocabularySize();
        }
        return head;
    }

    private boolean trains(String weight) {
        String name = "model.layers." + (config.layers() - 1) + "." + weight;
        return plan.method().trains(name, config, plan.frozenLayers());
    }

    private int compute() {
        return plan.precision().bytes();
    }

    private long query() {
        return (long) config.heads() * config.headSize();
    }

    private long keyValue() {
        return (long) config.keyValueHeads() * config.headSize();
    }
}
