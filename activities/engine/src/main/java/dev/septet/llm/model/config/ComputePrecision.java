package dev.septet.llm.model.config;

import dev.septet.llm.runtime.Processor;
import dev.septet.llm.runtime.Torch;

/**
 * Number format of frozen weights and of matrix products. The residual stream, the loss and all
 * trainable parameters are float32 in both.
 */
public enum ComputePrecision {
    FLOAT32(6, 4),
    BF16(15, 2);

    private final int type;
    private final int bytes;

    ComputePrecision(int type, int bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    /**
     * This precision, or float32 if it is bf16 and the machine has neither bf16 instructions nor a
     * GPU. A bf16 product takes at least ten times as long there.
     */
    public ComputePrecision orSupported() {
        return this == BF16 && !Processor.multipliesBf16() && Torch.gpus() == 0 ? FLOAT32 : this;
    }

    /** libtorch's code of the element type. */
    public int type() {
        return type;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
