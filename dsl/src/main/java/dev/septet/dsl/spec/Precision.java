package dev.septet.dsl.spec;

/** Number format of the matrix products; trainable parameters stay float32 in both. */
public enum Precision {
    FLOAT32,
    BF16
}
