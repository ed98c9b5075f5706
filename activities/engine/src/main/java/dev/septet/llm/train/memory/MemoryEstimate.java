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
 * Estimated memory of a training run, before anything is loaded. All sizes in bytes.
 *
 * @param weights the model, including trainable parameters
 * @param gradients one float32 per trainable parameter
 * @param moments the optimizer's float32 tensors
 * @param activations what a forward pass keeps for the backward pass of the largest micro-batch,
 *     and temporary memory of both passes
 * @param regularizer memory of the weight regularizer: copies of initial weights, and Fisher
 *     information
 * @param before memory for computing cached activations before the first step; 0 if there are none
 * @param process the JVM and libtorch themselves; on a card, workspaces of NVIDIA's libraries
 */
public record MemoryEstimate(
        long weights, long gradients, long moments, long activations, long regularizer, long before, long process) {
    /** Measured resident size of a process that has loaded libtorch and warmed up its kernels. */
    private static final long PROCESS = 275L << 20;

    /** Resident bytes per byte of tensors; includes allocator gaps and the kernels' working memory. */
    private static final double OVERHEAD = 1.38;

    /**
     * Additional memory of the experts' bf16 products. The row counts per expert change in every
     * step. So oneDNN compiles code for many sizes, and the allocator leaves gaps between tensors.
     * Measured over 80 steps.
     */
    private static final long UNEVEN_EXPERTS = 100L << 20;

    /** Workspaces of NVIDIA's libraries on a card: 8 times 4 MiB for cuBLAS, and as much for the others. */
    private static final long CARD_WORKSPACES = 64L << 20;

    private static final int FLOAT = 4;

    /** Total memory, without the temporary memory of a save. */
    public long total() {
        return process + Math.max(before, weights + gradients + moments + activations + regularizer);
    }

    /**
     * Size of a {@link Snapshot} of the run, which an asynchronous save needs while it writes. A
     * run without enough free memory does not use snapshots, so the total excludes it.
     */
    public long snapshot() {
        return gradients + moments; // a parameter has the size of its gradient
    }

    /**
     * Estimates a run without activation recomputation, unless its method requires it.
     *
     * @param longestRow tokens of the longest row; the estimate assumes a micro-batch of such rows
     */
    public static MemoryEstimate of(ModelConfig config, TrainingPlan plan, int longestRow) {
        int rows = plan.batchSize() * plan.objective().rows();
        MicroBatchBudget budget =
                new MicroBatchBudget(rows * longestRow, plan.method().recomputes());
        return of(config, plan, budget, longestRow);
    }

    /**
     * Estimates a run.
     *
     * @param budget the micro-batch token budget; the estimate assumes a full micro-batch
     * @param longestRow tokens of the longest row, and of each row in that micro-batch
     */
    public static MemoryEstimate of(ModelConfig config, TrainingPlan plan, MicroBatchBudget budget, int longestRow) {
        boolean cached = CachedActivations.usedBy(plan, config);
        int lowest = cached ? FusedWeightProgram.first(config, plan.trained(config)) : 0;
        long frozen = 0;
        long below = 0;
        long trainable = 0;
        int firstTrained = config.layers();
        for (String name : Weights.names(config)) {
            long size = Weights.size(config, name);
            boolean trained = plan.method().trains(name, config, plan.frozenLayers());
            trainable += trained ? size : 0;
            long bytes = trained ? 0 : frozenBytes(plan, name, size);
            frozen += bytes;
            below += cached && isBelow(lowest, config, name) ? bytes : 0;
            if (trained) {
                boolean embedding = name.startsWith("model.embed");
                int layer = Weights.layerOf(name);
                firstTrained = embedding ? 0 : layer < 0 ? firstTrained : Math.min(firstTrained, layer);
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
                (long) (OVERHEAD * step(config, plan, budget, length, layers)),
                regularizer(config, plan, trainable, adapter),
                cached ? frozen + trainable * FLOAT + caching(config, plan, budget, length) : 0,
                PROCESS + uneven(config, plan));
    }

    /**
     * This estimate for a run on a card, which multiplies plain matrices: there are no packed copies.
     * The process itself is in the host's memory. CUDA's context is on the card before its free memory
     * is known.
     */
    public MemoryEstimate onCard(ModelConfig config, TrainingPlan plan) {
        long copies = TrainableModel.isLora(plan, config) ? LoraMemory.copies(config, plan.precision()) : 0;
        return new MemoryEstimate(
                weights - copies, gradients, moments, activations, regularizer, before, CARD_WORKSPACES);
    }

    private static long uneven(ModelConfig config, TrainingPlan plan) {
        return config.switches().experts() != null && plan.precision() == ComputePrecision.BF16 ? UNEVEN_EXPERTS : 0;
    }

    /** Whether a weight is needed only to compute the input of a block. */
    private static boolean isBelow(int block, ModelConfig config, String name) {
        int layer = Weights.layerOf(name);
        return layer >= 0 ? layer < block : name.startsWith("model.embed") && !config.tiedEmbeddings();
    }

    private static long caching(ModelConfig config, TrainingPlan plan, MicroBatchBudget budget, int length) {
        long forward = new SublayerMemory(config, plan.precision().bytes(), length).forward(budget);
        return ActivationBlock.BYTES + (long) (OVERHEAD * forward);
    }

    private static long step(ModelConfig config, TrainingPlan plan, MicroBatchBudget budget, int length, int layers) {
        if (TrainableModel.isLora(plan, config)) {
            Lora lora = TrainableModel.adapter(plan).orElseThrow();
            return new LoraMemory(config, plan, lora, length).step(budget, layers);
        }
        return TrainableModel.trainsWeights(plan, config)
                ? new WeightMemory(config, plan, length).step(budget, layers)
                : new DecoderMemory(config, plan, length).step(budget, layers);
    }

    /** Size of a frozen weight in bytes. */
    private static long frozenBytes(TrainingPlan plan, String name, long size) {
        return plan.method().quantizes(name) && Nf4.holds(size)
                ? Nf4.bytes(size)
                : size * plan.precision().bytes();
    }

    /**
     * The weight regularizer's memory. Fisher information has the size of the changed weights,
     * including the matrices that an adapter is merged into. While it is estimated, those weights
     * are float32 with gradients.
     */
    private static long regularizer(ModelConfig config, TrainingPlan plan, long trainable, long adapter) {
        CapabilityRetention retention = plan.retention();
        if (retention.l2sp() == 0 && retention.ewc() == 0) {
            return 0;
        }
        long copies = (trainable + adapter) * FLOAT;
        if (retention.ewc() == 0) {
            return copies;
        }
        long merged = 0;
        if (adapter > 0) {
            for (LinearLayer linear : LinearLayer.values()) {
                merged += (long) linear.inputs(config) * linear.outputs(config);
            }
            merged *= config.layers() - plan.frozenLayers().size();
        }
        return copies + (trainable + 3 * merged) * FLOAT;
    }
}
