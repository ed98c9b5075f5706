package dev.septet.llm.train;

import dev.septet.llm.model.Decoder;
import dev.septet.llm.model.Experts;
import dev.septet.llm.model.ModelConfig;
import dev.septet.llm.model.Nf4;
import dev.septet.llm.model.Precision;
import dev.septet.llm.model.Site;
import dev.septet.llm.model.Switches;
import dev.septet.llm.model.Weights;

/**
 * Memory that a training run needs, before anything is loaded. All sizes in bytes.
 *
 * @param weights the model, trainable parameters included
 * @param gradients one float32 per trainable parameter
 * @param moments the optimizer's float32 tensors
 * @param activations what a forward pass keeps for the backward pass of the largest micro-batch,
 *     and what both need for a moment
 * @param anchors what holds weights near their beginning: copies, and Fisher information
 * @param process the JVM and libtorch themselves
 */
public record MemoryEstimate(
        long weights, long gradients, long moments, long activations, long anchors, long process) {
    /** Resident size of a process that has loaded libtorch and warmed up its kernels; measured. */
    private static final long PROCESS = 275L << 20;

    /**
     * Resident memory per byte of tensors: gaps that the allocator leaves, and what kernels take.
     */
    private static final double OVERHEAD = 1.38;

    private static final int FLOAT = 4;

    /** Everything together. */
    public long total() {
        return weights + gradients + moments + activations + anchors + process;
    }

    /**
     * Estimates a run that keeps all activations unless its method says otherwise.
     *
     * @param longestRow tokens of the longest row; a micro-batch of such rows is assumed
     */
    public static MemoryEstimate of(ModelConfig config, TrainingPlan plan, int longestRow) {
        int rows = plan.batchSize() * plan.objective().rows();
        AtOnce kept = new AtOnce(rows * longestRow, plan.method().recomputes());
        return of(config, plan, kept, longestRow);
    }

    /**
     * Estimates a run.
     *
     * @param atOnce how much is computed at once; a full micro-batch is assumed
     * @param longestRow tokens of the longest row, and of each in that micro-batch
     */
    public static MemoryEstimate of(
            ModelConfig config, TrainingPlan plan, AtOnce atOnce, int longestRow) {
        long frozen = 0;
        long trainable = 0;
        int firstTrained = config.layers();
        for (String name : Weights.names(config)) {
            long size = Weights.size(config, name);
            boolean trained = plan.method().trains(name, config, plan.frozenLayers());
            trainable += trained ? size : 0;
            frozen += trained ? 0 : held(plan, name, size);
            if (trained) {
                boolean everything = name.startsWith("model.embed");
                int layer = Weights.layerOf(name);
                firstTrained =
                        everything ? 0 : layer < 0 ? firstTrained : Math.min(firstTrained, layer);
            }
        }
        long adapter = 0;
        long added = plan.method().added(config);
        if (added > 0) {
            for (int layer = config.layers() - 1; layer >= 0; layer--) {
                if (!plan.frozenLayers().contains(layer)) {
                    firstTrained = layer;
                    adapter += added;
                }
            }
        }
        long parameters = trainable + adapter;
        int layers = config.layers() - firstTrained;
        boolean lora = TrainableModel.isLora(plan, config);
        long copies = lora ? LoraMemory.copies(config, plan.precision()) : 0;
        return new MemoryEstimate(
                frozen + copies + parameters * FLOAT,
                parameters * FLOAT,
                parameters * FLOAT * plan.optimizer().moments().size(),
                lora
                        ? (long)
                                (OVERHEAD
                                        * LoraMemory.step(
                                                config, plan, atOnce, longestRow - 1, layers))
                        : activations(config, plan, atOnce, longestRow - 1, layers, trainable),
                anchors(config, plan, trainable, adapter),
                PROCESS);
    }

    /** Bytes of a frozen weight. */
    private static long held(TrainingPlan plan, String name, long size) {
        return plan.method().quantizes(name) && Nf4.holds(size)
                ? Nf4.bytes(size)
                : size * plan.precision().bytes();
    }

    /**
     * Fisher information has the size of the weights that change, merged ones of an adapter among
     * them; while it is estimated, those are float32 with gradients.
     */
    private static long anchors(
            ModelConfig config, TrainingPlan plan, long trainable, long adapter) {
        Preservation preservation = plan.preservation();
        if (preservation.l2sp() == 0 && preservation.ewc() == 0) {
            return 0;
        }
        long copies = (trainable + adapter) * FLOAT;
        if (preservation.ewc() == 0) {
            return copies;
        }
        long merged = 0;
        if (adapter > 0) {
            for (Site site : Site.values()) {
                merged += (long) site.inputs(config) * site.outputs(config);
            }
            merged *= config.layers() - plan.frozenLayers().size();
        }
        return copies + (trainable + 3 * merged) * FLOAT;
    }

    private static long activations(
            ModelConfig config,
            TrainingPlan plan,
            AtOnce atOnce,
            int length,
            int layers,
            long trainable) {
        long tokens = atOnce.rows(length + 1) * length;
        int compute = plan.precision().bytes();
        long hidden = config.hiddenSize();
        long query = (long) config.heads() * config.headSize();
        Switches switches = config.switches();
        Experts experts = switches.experts();
        long feedForward =
                (long) config.feedForwardSize() * (experts == null ? 1 : experts.perToken());
        // Kept per token and block: two sums of the residual stream and their two normed forms
        // before the weights (float32); in the compute type the norms' outputs, queries, keys and
        // values repeated for the query heads, attention's output, and of the feed-forward network
        // gate, silu(gate), up and their product.
        long block = FLOAT * 4 * hidden + compute * (2 * hidden + 4 * query + 4 * feedForward);
        block += compute * plan.method().kept(config);
        // Further norms keep their input in float32 and their output.
        if (switches.sandwichNorms()) {
            block += 2L * (FLOAT + compute) * hidden;
        }
        if (switches.queryKeyNorm()) {
            block += 2L * (FLOAT + compute) * query;
        }
        // Short rows in bf16 keep the attention probabilities too; capped scores are kept always,
        // before and after the cap.
        long probabilities = (long) compute * config.heads() * length;
        if (switches.attentionCap() > 0) {
            block += 3 * probabilities;
        } else if (length <= Decoder.shortRow(plan.precision())) {
            block += probabilities;
        }
        // One block's gradients exist at a time, beside what that block keeps.
        long moment = FLOAT * 2 * hidden + compute * (2 * query + 3 * feedForward);
        // The head keeps its input, that input's gradient, and a chunk of logits in the compute
        // type and twice in float32; a trained output matrix gets its gradient in two parts.
        long chunk = Math.min(tokens, Decoder.chunk(config));
        long head =
                tokens * hidden * (FLOAT + 2 * compute)
                        + chunk * config.vocabularySize() * (2 * compute + 2 * FLOAT);
        boolean trainsOutput =
                plan.method()
                        .trains(
                                config.tiedEmbeddings()
                                        ? "model.embed_tokens.weight"
                                        : "lm_head.weight",
                                config,
                                plan.frozenLayers());
        if (trainsOutput) {
            head += 2 * FLOAT * hidden * config.vocabularySize();
        }
        // In bf16 the graph also keeps the rounded form of every trained matrix.
        long rounded = plan.precision() == Precision.BF16 ? trainable * compute : 0;
        // Where activations are computed anew, only what enters each block is kept, and all of one.
        long kept = atOnce.recompute() ? (long) layers * FLOAT * hidden + block : layers * block;
        return (long) (OVERHEAD * (tokens * (kept + moment) + head)) + rounded;
    }
}
