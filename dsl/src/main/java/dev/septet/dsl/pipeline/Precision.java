package dev.septet.dsl.pipeline;

/**
 * Number format of the matrix products; trainable parameters stay float32 in both. A worker that
 * has no instructions for bf16 computes in float32.
 */
public enum Precision {
    FLOAT32,
    BF16
}
