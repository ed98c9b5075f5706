package dev.septet.llm.model;

import ai.djl.ndarray.NDManager;

import java.util.Map;

/**
 * How {@link LoraProgram} multiplies by a frozen matrix w (out, in): x w^T on the way forward, dy w
 * on the way back.
 */
enum FrozenProducts {
    /** The matrix as it lies in memory, for both. */
    PLAIN("torch.linear(x, w)", "torch.mm(dy, w)"),

    /**
     * Two copies, each laid out as its product's kernel reads it: bf16 kernels otherwise turn the
     * matrix anew in every product, which is a tenth of a step. Float32 kernels gain nothing.
     */
    PACKED(Packing.product("x"), Packing.product("dy"));

    private final String forward;
    private final String backward;

    FrozenProducts(String forward, String backward) {
        this.forward = forward;
        this.backward = backward;
    }

    /** The faster way on the device of this scope. */
    static FrozenProducts on(NDManager scope, Precision precision) {
        return precision == Precision.BF16 && Packing.isSupported(scope) ? PACKED : PLAIN;
    }

    /** What stands in the places of {@code lora.py}. */
    Map<String, String> numbers() {
        return Map.of("forward", forward, "backward", backward);
    }
}
