package dev.septet.llm.model;

/**
 * Number format of frozen weights and of matrix products. The residual stream, the loss and all
 * trainable parameters are float32 in both.
 */
public enum Precision {
    FLOAT32(6, 4),
    BF16(15, 2);

    private final int type;
    private final int bytes;

    Precision(int type, int bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    /** libtorch's number of the element type. */
    int type() {
        return type;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
