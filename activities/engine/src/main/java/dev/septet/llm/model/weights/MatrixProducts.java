package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.Processor;
import dev.septet.llm.runtime.ScriptSource;
import java.util.Map;

/**
 * How programs with a handwritten backward pass multiply matrices (the resource {@code
 * products.py}). A product uses one of libtorch's two libraries and one layout of the weights.
 */
public enum MatrixProducts {
    /** libtorch's choice: MKL for float32, oneDNN for bf16. */
    PLAIN("torch.linear(x, w)", "torch.mm(dy, w)", "torch.mm(x, w.t())", "y.addmm_(x, w.t())"),

    /**
     * oneDNN in float32. On processors of other vendors than Intel, MKL does not use the wide
     * registers, which halves its speed.
     */
    ONEDNN(
            WeightPacking.product("x", "w"),
            WeightPacking.product("dy", "w.t()"),
            WeightPacking.product("x", "w"),
            "y.add_(" + WeightPacking.product("x", "w") + ")"),

    /**
     * Two packed copies of each frozen matrix, one for the forward and one for the backward kernel.
     * Without packing, bf16 kernels reorder the matrix in every product, which takes a tenth of a
     * step. Float32 kernels gain nothing on hundreds of rows.
     */
    PACKED(WeightPacking.product("x", "w"), WeightPacking.product("dy", "w"), PLAIN.product, PLAIN.sum),

    /** bf16 products with float32 inputs and outputs: a product is complete before it is added. */
    ROUNDED(
            "torch.linear(x, w.to(x.dtype))",
            "torch.mm(dy, w.to(dy.dtype))",
            PLAIN.product,
            "y.add_(torch.mm(x, w.t()))");

    private final String forward;
    private final String backward;
    private final String product;
    private final String sum;

    MatrixProducts(String forward, String backward, String product, String sum) {
        this.forward = forward;
        this.backward = backward;
        this.product = product;
        this.sum = sum;
    }

    /** The fastest products on this machine for frozen matrices. */
    public static MatrixProducts frozen(NDManager scope, ComputePrecision precision) {
        if (precision == ComputePrecision.BF16) {
            return WeightPacking.isSupported(scope, precision) ? PACKED : PLAIN;
        }
        return float32(scope, Processor.slowedByMkl());
    }

    /** The fastest products on this machine for float32 matrices that change with every step. */
    public static MatrixProducts trained(NDManager scope, ComputePrecision precision) {
        return precision == ComputePrecision.BF16 ? ROUNDED : float32(scope, Processor.slowedByMkl());
    }

    /** The fastest float32 products, given whether MKL is slow on the processor. */
    static MatrixProducts float32(NDManager scope, boolean slowedByMkl) {
        return slowedByMkl && WeightPacking.isSupported(scope, ComputePrecision.FLOAT32) ? ONEDNN : PLAIN;
    }

    /**
     * The fastest products on this machine for decoding, which multiplies frozen matrices by few
     * rows. Every step reads each matrix once, and the kernels for packed matrices read it at
     * nearly the memory's bandwidth.
     */
    public static MatrixProducts decoding(NDManager scope, ComputePrecision precision) {
        return WeightPacking.isSupported(scope, precision) ? PACKED : PLAIN;
    }

    /** x w^T for a weight matrix, as an expression of a program. */
    public String forward() {
        return forward;
    }

    /** The product methods, to be appended to a program. */
    public ScriptSource source() {
        return ScriptSource.read(
                MatrixProducts.class,
                "products.py",
                "Products",
                Map.of(
                        "forward", forward,
                        "backward", backward,
                        "product", product,
                        "sum", sum));
    }
}
