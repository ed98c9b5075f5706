package dev.septet.activities.initialize;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.train.EnginePlan;
import dev.septet.dsl.pipeline.InitializeSpec;
import dev.septet.dsl.pipeline.train.SetupSpec;
import dev.septet.dsl.pipeline.train.TrainSpec;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.CachedActivations;
import dev.septet.llm.train.data.EpochSize;
import dev.septet.llm.train.memory.MemoryEstimate;
import dev.septet.llm.train.memory.MicroBatchBudget;
import dev.septet.llm.train.plan.TrainingPlan;
import dev.septet.workflows.setup.SearchPoint;

/**
 * The cost of a training, estimated from sizes alone.
 *
 * @param trainable number of parameters that the method trains
 * @param memoryBytes estimated peak memory of the worker's process; on a card, of the card
 * @param leastMemoryBytes the same estimate with activation recomputation
 * @param snapshotBytes additional memory for saving a checkpoint while training continues, which is
 *     used only when it is free
 * @param cachesFrozen whether the activations of frozen blocks are computed once per row
 */
public record TrainingCost(
        long trainable, long memoryBytes, long leastMemoryBytes, long snapshotBytes, boolean cachesFrozen) {
    /** The host's memory for a worker besides the training: its heap, the client, the server's buffers. */
    private static final long WORKER = 175L << 20;

    /**
     * The size of unknown data. It is so large that a training with {@code steps} counts as less than
     * one epoch, which needs the same memory or more.
     */
    public static final EpochSize UNKNOWN = new EpochSize(1 << 16, 1, 1, 1);

    /**
     * The cost at the largest rank and batch and with the costliest method that a search may choose.
     *
     * @param epoch size of an epoch, or {@link #UNKNOWN}
     * @param longestRow tokens of the longest row of the data
     */
    public static TrainingCost of(
            ModelConfig config,
            InitializeSpec initialize,
            TrainSpec train,
            SetupSpec setup,
            EpochSize epoch,
            int longestRow) {
        return of(config, initialize, train, setup, epoch, longestRow, false);
    }

    /**
     * The cost on a worker.
     *
     * @param card whether the worker computes on a card
     */
    public static TrainingCost of(
            ModelConfig config,
            InitializeSpec initialize,
            TrainSpec train,
            SetupSpec setup,
            EpochSize epoch,
            int longestRow,
            boolean card) {
        return setup.methods(train).stream()
                .map(method -> new SearchPoint(
                                train.learningRate().peak(), 0, setup.largestBatch(train), null, null, null, method)
                        .applyTo(train))
                .map(variant -> ofOne(config, initialize, variant, setup, epoch, longestRow, card))
                .reduce(TrainingCost::most)
                .orElseThrow();
    }

    /** For each number, the larger one. */
    private static TrainingCost most(TrainingCost first, TrainingCost second) {
        return new TrainingCost(
                Math.max(first.trainable, second.trainable),
                Math.max(first.memoryBytes, second.memoryBytes),
                Math.max(first.leastMemoryBytes, second.leastMemoryBytes),
                Math.max(first.snapshotBytes, second.snapshotBytes),
                first.cachesFrozen || second.cachesFrozen);
    }

    private static TrainingCost ofOne(
            ModelConfig config,
            InitializeSpec initialize,
            TrainSpec train,
            SetupSpec setup,
            EpochSize epoch,
            int longestRow,
            boolean card) {
        EnginePlan engine = new EnginePlan(train, initialize, setup);
        TrainingPlan plan = engine.plan(train.learningRate().peak(), engine.largestRank(), epoch, longestRow);
        MicroBatchBudget kept = MicroBatchBudget.of(plan);
        MemoryEstimate most = estimate(config, plan, kept, card);
        MemoryEstimate least = estimate(config, plan, kept.recomputing(true), card);
        if (most.gradients() == 0) {
            throw StageProblem.invalid(
                    initialize.freeze() == null
                            ? "train: method: the model has none of the layers that `targets` names,"
                                    + " so nothing would be trained; name others, such as 'q_proj'"
                            : "initialize: freeze layers: every layer that the method trains is"
                                    + " frozen, so nothing would be trained; freeze fewer");
        }
        long worker = card ? 0 : WORKER;
        return new TrainingCost(
                most.gradients() / Float.BYTES,
                worker + most.total(),
                worker + least.total(),
                most.snapshot(),
                CachedActivations.usedBy(plan, config));
    }

    private static MemoryEstimate estimate(
            ModelConfig config, TrainingPlan plan, MicroBatchBudget budget, boolean card) {
        MemoryEstimate estimate = MemoryEstimate.of(config, plan, budget, plan.maxTokens());
        return card ? estimate.onCard(config, plan) : estimate;
    }

    /**
     * Memory on a machine: the smaller estimate when activations must be recomputed.
     *
     * @param available bytes of memory
     */
    public long memoryBytes(long available) {
        return recomputes(available) ? leastMemoryBytes : memoryBytes;
    }

    /**
     * Whether activations are recomputed, because cached ones need more memory than is available.
     */
    public boolean recomputes(long available) {
        return memoryBytes > available;
    }
}
