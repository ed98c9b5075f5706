package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * Early stopping: ends training when the validation loss did not improve.
 *
 * @param patience the number of evaluations in a row without a better validation loss
 */
public record StopSpec(int patience) {
    public StopSpec {
        require(patience >= 1, "stop patience: must be at least 1, got %s", patience);
    }
}
