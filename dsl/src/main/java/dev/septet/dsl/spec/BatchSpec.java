package dev.septet.dsl.spec;

import static dev.septet.dsl.spec.Checks.require;

/**
 * Rows of one optimizer step: size times accumulate of them, of which as many tokens are computed
 * at once as {@code size} of the longest rows have.
 */
public record BatchSpec(int size, int accumulate) {
    public static final BatchSpec DEFAULT = new BatchSpec(8, 1);

    public BatchSpec {
        require(size >= 1, "batch size: must be at least 1, got %s", size);
        require(accumulate >= 1, "batch accumulate: must be at least 1, got %s", accumulate);
    }

    /** Rows of one optimizer step. */
    public int rowsPerStep() {
        return Math.multiplyExact(size, accumulate);
    }
}
