package dev.septet.llm.train;

import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.train.plan.CapabilityRetention;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of one optimizer step. The same seed, data and machine give the same bits. Java's text
 * form of a double, which JSON writers use, is parsed back to the same bits.
 *
 * @param step counted from 0
 * @param epoch epoch of the step, counted from 0
 * @param loss mean of -log p(token) over the step's loss-carrying tokens, or mean of the pairs'
 *     losses, in nats, before the update
 * @param gradientNorm global norm before clipping
 * @param tokens number of loss-carrying tokens
 * @param inputTokens number of input tokens
 * @param penalty penalty of {@link CapabilityRetention}, not included in the loss; 0 without one
 * @param preferred preference scores of the step's pairs; null without pairs
 * @param agreement agreement of the gradient with the earlier ones, see {@link Optimizer.Update};
 *     null when it is not known
 * @param stillAdapters the adapters that do not move; null when all move, and without adapters
 */
public record StepMetrics(
        int step,
        int epoch,
        double loss,
        double learningRate,
        double gradientNorm,
        long tokens,
        long inputTokens,
        double penalty,
        @Nullable PreferenceScores preferred,
        @Nullable Double agreement,
        @Nullable StillAdapters stillAdapters) {}
