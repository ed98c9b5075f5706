package dev.septet.llm.train.memory;

import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.train.plan.TrainingPlan;
import java.util.Optional;

/**
 * How much of an optimizer step is computed at once: a matter of memory. The step's rows and their
 * weights stay the same.
 *
 * @param tokens most tokens of a micro-batch; a longer example goes alone. Another number changes a
 *     step's result by the rounding of its sums
 * @param recompute whether the backward pass computes each block's activations anew instead of
 *     keeping them; changes no bit
 * @see <a href="https://arxiv.org/abs/1604.06174">Chen et al., 2016, on recomputation</a>
 */
public record MicroBatchBudget(int tokens, boolean recompute) {
    public MicroBatchBudget {
        if (tokens < 1) {
            throw new IllegalArgumentException("tokens must be at least 1, is " + tokens);
        }
    }

    /**
     * As many tokens as the plan's batch size of its longest examples has, everything kept unless
     * the method says otherwise.
     */
    public static MicroBatchBudget of(TrainingPlan plan) {
        return new MicroBatchBudget(
                Math.multiplyExact(plan.batchSize() * plan.objective().rows(), plan.maxTokens()),
                plan.method().recomputes());
    }

    /**
     * The same, its activations computed anew where keeping them takes more memory than there is.
     * Bits do not depend on it, so each attempt may choose by what it finds.
     *
     * @param available bytes that the process may take, what it has already included
     */
    public static MicroBatchBudget fitting(ModelConfig config, TrainingPlan plan, long available) {
        MicroBatchBudget kept = of(plan);
        long needed = MemoryEstimate.of(config, plan, kept, plan.maxTokens()).total();
        return needed > available ? kept.recomputing(true) : kept;
    }

    /**
     * The next smaller thing to try when memory ran out: activations computed anew, then half as
     * many tokens.
     *
     * @param longest tokens of the longest example: with fewer at once nothing changes
     */
    public Optional<MicroBatchBudget> less(int longest) {
        if (!recompute) {
            return Optional.of(recomputing(true));
        }
        return tokens > longest ? Optional.of(halved(1)) : Optional.empty();
    }

    /**
     * Kept for the backward pass of so many blocks: what enters each, or all that it needs.
     *
     * @param entering of one block
     * @param all of one block
     */
    long kept(int blocks, long entering, long all) {
        return blocks * (recompute ? entering : all);
    }

    /** Rows of a full micro-batch whose rows have so many tokens. */
    long rows(int length) {
        return Math.max(1, tokens / length);
    }

    /** The same with activations computed anew, or kept. */
    public MicroBatchBudget recomputing(boolean value) {
        return new MicroBatchBudget(tokens, value);
    }

    /** Half as many tokens for each time that memory ran out. */
    public MicroBatchBudget halved(int times) {
        return new MicroBatchBudget(Math.max(1, tokens >> Math.min(times, Integer.SIZE - 2)), recompute);
    }
}
