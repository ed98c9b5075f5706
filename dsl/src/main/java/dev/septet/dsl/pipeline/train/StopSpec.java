package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * Early stop: when the validation loss has not improved for so many looks in a row.
 *
 * @param patience looks at the validation split without a better loss
 */
public record StopSpec(int patience) {
    public StopSpec {
        require(patience >= 1, "stop patience: must be at least 1, got %s", patience);
    }
}
