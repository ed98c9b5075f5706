package dev.septet.activities.basemodel;

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

/**
 * What a training will take, told from sizes alone.
 *
 * @param trainable parameters that the method trains
 * @param memoryBytes estimated peak of the worker's process
 * @param leastMemoryBytes the same where activations are computed anew instead of kept
 * @param snapshotBytes what a save beside the steps takes as well, where it is free
 * @param frozenOnce whether frozen blocks compute once for each row
 */
public record TrainingCost(
        long trainable, long memoryBytes, long leastMemoryBytes, long snapshotBytes, boolean frozenOnce) {
    /** What a worker has beside a bare training: its heap, the client, the server's buffers. */
    private static final long WORKER = 175L << 20;

    /**
     * Where the data is not known: a training of some steps is taken for one of less than an epoch,
     * which needs as much memory or more.
     */
    public static final EpochSize UNKNOWN = new EpochSize(1 << 16, 1, 1, 1);

    /**
     * What it takes at the largest rank that a search may come to.
     *
     * @param epoch what an epoch has, or {@link #UNKNOWN}
     * @param longestRow tokens of the longest row of the data
     */
    public static TrainingCost of(
            ModelConfig config,
            InitializeSpec initialize,
            TrainSpec train,
            SetupSpec setup,
            EpochSize epoch,
            int longestRow) {
        EnginePlan engine = new EnginePlan(train, initialize, setup);
        TrainingPlan plan = engine.plan(train.learningRate().peak(), engine.largestRank(), epoch, longestRow);
        MicroBatchBudget kept = MicroBatchBudget.of(plan);
        MemoryEstimate most = MemoryEstimate.of(config, plan, kept, plan.maxTokens());
        MemoryEstimate least = MemoryEstimate.of(config, plan, kept.recomputing(true), plan.maxTokens());
        if (most.gradients() == 0) {
            throw StageProblem.invalid(
                    initialize.freeze() == null
                            ? "train: method: the model has none of the layers that `targets` names,"
                                    + " so nothing would be trained; name others, such as 'q_proj'"
                            : "initialize: freeze layers: every layer that the method trains is"
                                    + " frozen, so nothing would be trained; freeze fewer");
        }
        return new TrainingCost(
                most.gradients() / Float.BYTES,
                WORKER + most.total(),
                WORKER + least.total(),
                most.snapshot(),
                CachedActivations.serve(plan, config));
    }

    /** What it takes on a machine: less than it could use, where that is all there is. */
    public long memoryBytes(long available) {
        return recomputes(available) ? leastMemoryBytes : memoryBytes;
    }

    /** Whether activations are computed anew, as keeping them takes more than there is. */
    public boolean recomputes(long available) {
        return memoryBytes > available;
    }
}
