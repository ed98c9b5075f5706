package dev.septet.activities.train;

import org.jspecify.annotations.Nullable;

/**
 * The result of a finished training.
 *
 * @param steps number of optimizer steps
 * @param finalLoss loss of the last step that was not skipped
 * @param validationLoss validation loss of the kept model, null without a validation split
 */
public record TrainingEnd(
        int steps, double finalLoss, @Nullable Double validationLoss, String stopReason) {
    /** The end of a training with these steps. */
    public static TrainingEnd of(TrainingLedger ledger, int steps, @Nullable Double validationLoss, String stopReason) {
        double loss = ledger.lines().stream()
                .map(LedgerLine::loss)
                .filter(java.util.Objects::nonNull)
                .reduce(Double.NaN, (before, last) -> last);
        return new TrainingEnd(steps, loss, validationLoss, stopReason);
    }
}
