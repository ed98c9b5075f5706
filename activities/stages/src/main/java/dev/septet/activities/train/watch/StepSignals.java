package dev.septet.activities.train.watch;

import org.jspecify.annotations.Nullable;

/**
 * The numbers of one step that the rules read. A trainer that does not tell a number leaves it null.
 *
 * @param step counted from 0
 * @param epoch counted from 0
 * @param loss null when the step has none, because it was skipped or not reported
 * @param tokens tokens with a loss; 0 = not known
 * @param agreement of the gradient with the earlier ones, see {@code Optimizer.Update}
 * @param stillAdapters number of adapters that have not moved
 * @param stillAdapter name of the first of them
 * @param validationLoss measured after the step
 * @param skipped whether the step's rows were skipped, because its loss was no finite number
 */
public record StepSignals(
        int step,
        int epoch,
        @Nullable Double loss,
        @Nullable Double learningRate,
        long tokens,
        @Nullable Double agreement,
        int stillAdapters,
        @Nullable String stillAdapter,
        @Nullable Double validationLoss,
        boolean skipped) {}
