package dev.septet.dsl.pipeline;

/**
 * Number format of the matrix products. Trainable parameters stay float32 in both formats. A worker that has no bf16
 * instructions computes in float32.
 */
public enum Precision {
    FLOAT32,
    BF16
}
