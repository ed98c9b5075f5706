package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * The rows of one optimizer step: size times accumulate. One micro-batch has at most as many tokens as {@code size}
 * rows of the longest row's length.
 */
public record BatchSpec(int size, int accumulate) {
    public static final BatchSpec DEFAULT = new BatchSpec(8, 1);
    private static final int LARGEST = 4096;
    private static final int MAX_ACCUMULATED = 65_536;

    public BatchSpec {
        require(size >= 1, "batch size: must be at least 1, got %s", size);
        require(size <= LARGEST, "batch size: must be at most %s, got %s", LARGEST, size);
        require(accumulate >= 1, "batch accumulate: must be at least 1, got %s", accumulate);
        require(
                accumulate <= MAX_ACCUMULATED,
                "batch accumulate: must be at most %s, got %s",
                MAX_ACCUMULATED,
                accumulate);
    }

    /** Rows of one optimizer step. */
    public int rowsPerStep() {
        return Math.multiplyExact(size, accumulate);
    }
}
