package dev.septet.llm.train.memory;

import dev.septet.llm.method.Lora;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.LinearLayer;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.model.program.FusedWeightProgram;
import dev.septet.llm.model.weights.Nf4;
import dev.septet.llm.model.weights.Weights;
import dev.septet.llm.train.CachedActivations;
import dev.septet.llm.train.Snapshot;
import dev.septet.llm.train.TrainableModel;
import dev.septet.llm.train.data.ActivationBlock;
import dev.septet.llm.train.plan.CapabilityRetention;
import dev.septet.llm.train.plan.TrainingPlan;

/**
 * Memory that a training run needs, before anything is loaded. All sizes in bytes.
 *
 * @param weights the model, trainable parameters included
 * @param gradients one float32 per trainable parameter
 * @param moments the optimizer's float32 tensors
 * @param activations what a forward pass keeps for the backward pass of the largest micro-batch,
 *     and what both need for a moment
 * @param anchors what holds weights near their beginning: copies, and Fisher information
 * @param before what frozen blocks take that compute once, before all else; 0 where none do
 * @param process the JVM and libtorch themselves
 */
public record MemoryEstimate(
        long weights, long gradients, long moments, long activations, long anchors, long before, long process) {
    /** Resident size of a process that has loaded libtorch and warmed up its kernels; measured. */
    private static final long PROCESS = 275L << 20;

    /**
     * Resident memory per byte of tensors: gaps that the allocator leaves, and what kernels take.
     */
    private static final double OVERHEAD = 1.38;

    /**
     * What experts' products in bf16 come to hold while every step has other numbers of rows for
     * them: oneDNN's code, and gaps between tensors of ever other sizes. Measured over 80 steps.
     */
    private static final long UNEVEN_EXPERTS = 100L << 20;

    private static final int FLOAT = 4;

    /** Everything together; without what a save takes for a moment. */
    public long total() {
        return process + Math.max(before, weights + gradients + moments + activations + anchors);
    }

    /**
     * A {@link Snapshot} of the run: what a save beside the steps takes as well, for as long as it
     * writes. A run does without where so much is not free, so it is not in the total.
     */
    public long snapshot() {
        return gradients + moments; // a parameter is as large as its gradient
    }

    /**
     * Estimates a run that keeps all activations unless its method says otherwise.
     *
     * @param longestRow tokens of the longest row; a micro-batch of such rows is assumed
     */
    public static MemoryEstimate of(ModelConfig config, TrainingPlan plan, int longestRow) {
        int rows = plan.batchSize() * plan.objective().rows();
        MicroBatchBudget kept =
                new MicroBatchBudget(rows * longestRow, plan.method().recomputes());
        return of(config, plan, kept, longestRow);
    }

    /**
     * Estimates a run.
     *
     * @param atOnce how much is computed at once; a full micro-batch is assumed
     * @param longestRow tokens of the longest row, and of each in that micro-batch
     */
    public static MemoryEstimate of(ModelConfig config, TrainingPlan plan, MicroBatchBudget atOnce, int longestRow) {
        boolean above = CachedActivations.serve(plan, config);
        int lowest = above ? FusedWeightProgram.first(config, plan.trained(config)) : 0;
        long frozen = 0;
        long below = 0;
        long trainable = 0;
        int firstTrained = config.layers();
        for (String name : Weights.names(config)) {
            long size = Weights.size(config, name);
            boolean trained = plan.method().trains(name, config, plan.frozenLayers());
            trainable += trained ? size : 0;
            long held = trained ? 0 : held(plan, name, size);
            frozen += held;
            below += above && isBelow(lowest, config, name) ? held : 0;
            if (trained) {
                boolean everything = name.startsWith("model.embed");
                int layer = Weights.layerOf(name);
                firstTrained = everything ? 0 : layer < 0 ? firstTrained : Math.min(firstTrained, layer);
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
        int length = longestRow - 1;
        boolean packed = TrainableModel.isLora(plan, config);
        long copies = packed ? LoraMemory.copies(config, plan.precision()) : 0;
        return new MemoryEstimate(
                frozen - below + copies + parameters * FLOAT,
                parameters * FLOAT,
                parameters * FLOAT * plan.optimizer().moments().size(),
                (long) (OVERHEAD * step(config, plan, atOnce, length, layers)),
                anchors(config, plan, trainable, adapter),
                above ? frozen + trainable * FLOAT + entering(config, plan, atOnce, length) : 0,
                PROCESS + uneven(config, plan));
    }

    private static long uneven(ModelConfig config, TrainingPlan plan) {
        return config.switches().experts() != null && plan.precision() == ComputePrecision.BF16 ? UNEVEN_EXPERTS : 0;
    }

    /** Whether a weight is only needed for what enters a block. */
    private static boolean isBelow(int block, ModelConfig config, String name) {
        int layer = Weights.layerOf(name);
        return layer >= 0 ? layer < block : name.startsWith("model.embed") && !config.tiedEmbeddings();
    }

    private static long entering(ModelConfig config, TrainingPlan plan, MicroBatchBudget atOnce, int length) {
        long forward = new SublayerMemory(config, plan.precision().bytes(), length).forward(atOnce);
        return ActivationBlock.BYTES + (long) (OVERHEAD * forward);
    }

    private static long step(ModelConfig config, TrainingPlan plan, MicroBatchBudget atOnce, int length, int layers) {
        if (TrainableModel.isLora(plan, config)) {
            Lora lora = TrainableModel.adapter(plan).orElseThrow();
            return new LoraMemory(config, plan, lora, length).step(atOnce, layers);
        }
        return TrainableModel.trainsWeights(plan, config)
                ? new WeightMemory(config, plan, length).step(atOnce, layers)
                : new DecoderMemory(config, plan, length).step(atOnce, layers);
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
    private static long anchors(ModelConfig config, TrainingPlan plan, long trainable, long adapter) {
        CapabilityRetention preservation = plan.preservation();
        if (preservation.l2sp() == 0 && preservation.ewc() == 0) {
            return 0;
        }
        long copies = (trainable + adapter) * FLOAT;
        if (preservation.ewc() == 0) {
            return copies;
        }
        long merged = 0;
        if (adapter > 0) {
            for (LinearLayer site : LinearLayer.values()) {
                merged += (long) site.inputs(config) * site.outputs(config);
            }
            merged *= config.layers() - plan.frozenLayers().size();
        }
        return copies + (trainable + 3 * merged) * FLOAT;
    }
}
