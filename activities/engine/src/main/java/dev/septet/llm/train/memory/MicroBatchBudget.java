package dev.septet.llm.train.memory;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.plan.TrainingPlan;
import java.util.Optional;

/**
 * The micro-batch token budget: how much of an optimizer step is computed at once. It affects
 * memory only; the step's rows and their weights in the loss stay the same.
 *
 * @param tokens maximum number of tokens in a micro-batch; a longer example forms its own
 *     micro-batch. Another number changes a step's result only by the rounding of its sums
 * @param recompute whether to use activation recomputation (gradient checkpointing); it does not
 *     change any bit
 * @see <a href="https://arxiv.org/abs/1604.06174">Chen et al., 2016, on recomputation</a>
 */
public record MicroBatchBudget(int tokens, boolean recompute) {
    public MicroBatchBudget {
        if (tokens < 1) {
            throw new IllegalArgumentException("tokens must be at least 1, is " + tokens);
        }
    }

    /**
     * The token count of a full batch of the plan's longest examples, without recomputation unless
     * the method requires it.
     */
    public static MicroBatchBudget of(TrainingPlan plan) {
        return new MicroBatchBudget(
                Math.multiplyExact(plan.batchSize() * plan.objective().rows(), plan.maxTokens()),
                plan.method().recomputes());
    }

    /**
     * The plan's budget, with activation recomputation if keeping the activations would exceed the
     * available memory. Recomputation does not change any bit, so each attempt may choose again.
     *
     * @param available bytes that the process may use, including what it already uses
     */
    public static MicroBatchBudget fitting(ModelConfig config, TrainingPlan plan, long available) {
        return fitting(config, plan, available, false);
    }

    /**
     * The same for a device.
     *
     * @param available bytes of its memory
     * @param card whether it is a card
     */
    public static MicroBatchBudget fitting(ModelConfig config, TrainingPlan plan, long available, boolean card) {
        MicroBatchBudget budget = of(plan);
        MemoryEstimate estimate = MemoryEstimate.of(config, plan, budget, plan.maxTokens());
        long needed = (card ? estimate.onCard(config, plan) : estimate).total();
        return needed > available ? budget.recomputing(true) : budget;
    }

    /**
     * The next smaller budget after an out-of-memory error: activation recomputation first, then
     * half the tokens.
     *
     * @param longest tokens of the longest example; a budget below this changes nothing
     */
    public Optional<MicroBatchBudget> less(int longest) {
        if (!recompute) {
            return Optional.of(recomputing(true));
        }
        return tokens > longest ? Optional.of(halved(1)) : Optional.empty();
    }

    /**
     * Memory kept for the backward pass: the input of each block, or all its activations.
     *
     * @param blocks number of blocks
     * @param input size of one block's input
     * @param all size of all activations of one block
     */
    long stored(int blocks, long input, long all) {
        return blocks * (recompute ? input : all);
    }

    /** Number of rows of this length in a full micro-batch. */
    long rows(int length) {
        return Math.max(1, tokens / length);
    }

    /** This budget with or without activation recomputation. */
    public MicroBatchBudget recomputing(boolean value) {
        return new MicroBatchBudget(tokens, value);
    }

    /** This budget with the tokens halved once for each out-of-memory error. */
    public MicroBatchBudget halved(int times) {
        return new MicroBatchBudget(Math.max(1, tokens >> Math.min(times, Integer.SIZE - 2)), recompute);
    }
}
