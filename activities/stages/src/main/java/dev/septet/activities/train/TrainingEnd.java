package dev.septet.activities.train;

import org.jspecify.annotations.Nullable;

/**
 * How a training ended.
 *
 * @param steps optimizer steps taken
 * @param finalLoss of the last step that was not skipped
 * @param validationLoss of the kept model, null without a validation split
 */
public record TrainingEnd(
        int steps, double finalLoss, @Nullable Double validationLoss, String stopReason) {
    static TrainingEnd of(TrainingLedger ledger, int steps, @Nullable Double validationLoss, String stopReason) {
        double loss = ledger.lines().stream()
                .map(LedgerLine::loss)
                .filter(java.util.Objects::nonNull)
                .reduce(Double.NaN, (before, last) -> last);
        return new TrainingEnd(steps, loss, validationLoss, stopReason);
    }
}
