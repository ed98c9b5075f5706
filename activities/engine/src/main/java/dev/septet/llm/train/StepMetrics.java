package dev.septet.llm.train;

import dev.septet.llm.train.plan.CapabilityRetention;
import org.jspecify.annotations.Nullable;

/**
 * What one optimizer step did. Same seed, data and machine give the same bits; Java's text form of
 * a double, as JSON writers use it, reads back to the same bits.
 *
 * @param step counted from 0
 * @param epoch pass over the data that the step belongs to, counted from 0
 * @param loss mean of -log p(token) over the step's loss-carrying tokens, or of the pairs' losses,
 *     in nats, before the update
 * @param gradientNorm global norm before clipping
 * @param tokens tokens that carried loss
 * @param inputTokens tokens read
 * @param penalty of {@link CapabilityRetention}, beside the loss; 0 where there is none
 * @param preferred of the step's pairs; null where the objective has none
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
        @Nullable PreferenceScores preferred) {}
