package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.Processor;
import dev.septet.llm.runtime.ScriptSource;
import java.util.Map;

/**
 * How programs with a backward pass written by hand multiply matrices (the resource {@code
 * products.py}): by which of libtorch's two libraries, and from which layout.
 */
public enum MatrixProducts {
    /** As libtorch chooses: MKL for float32, oneDNN for bf16. */
    PLAIN("torch.linear(x, w)", "torch.mm(dy, w)", "torch.mm(x, w.t())", "y.addmm_(x, w.t())"),

    /**
     * By oneDNN in float32: MKL leaves the wide registers of other makers' processors unused, which
     * halves its speed there.
     */
    ONEDNN(
            WeightPacking.product("x", "w"),
            WeightPacking.product("dy", "w.t()"),
            WeightPacking.product("x", "w"),
            "y.add_(" + WeightPacking.product("x", "w") + ")"),

    /**
     * Frozen matrices lie in two copies, each as its product's kernel reads it: bf16 kernels
     * otherwise turn the matrix anew in every product, which is a tenth of a step. Float32 kernels
     * gain nothing on hundreds of rows.
     */
    PACKED(WeightPacking.product("x", "w"), WeightPacking.product("dy", "w"), PLAIN.product, PLAIN.sum),

    /** In bf16 from and into float32: a product is whole before it is added. */
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

    /** The fastest way on this machine for matrices that stay as they are. */
    public static MatrixProducts frozen(NDManager scope, ComputePrecision precision) {
        if (precision == ComputePrecision.BF16) {
            return WeightPacking.isSupported(scope, precision) ? PACKED : PLAIN;
        }
        return float32(scope, Processor.slowedByMkl());
    }

    /** The fastest way on this machine for float32 matrices that change with every step. */
    public static MatrixProducts trained(NDManager scope, ComputePrecision precision) {
        return precision == ComputePrecision.BF16 ? ROUNDED : float32(scope, Processor.slowedByMkl());
    }

    /** The same for a processor that MKL slows down, or does not. */
    static MatrixProducts float32(NDManager scope, boolean slowedByMkl) {
        return slowedByMkl && WeightPacking.isSupported(scope, ComputePrecision.FLOAT32) ? ONEDNN : PLAIN;
    }

    /**
     * The fastest way on this machine for frozen matrices and the few rows of decoding: each matrix
     * is read once for every step, and the kernels for packed ones read it nearly as fast as memory
     * gives it.
     */
    public static MatrixProducts decoding(NDManager scope, ComputePrecision precision) {
        return WeightPacking.isSupported(scope, precision) ? PACKED : PLAIN;
    }

    /** x w^T for a matrix of the model's, as an expression of a program. */
    public String forward() {
        return forward;
    }

    /** Methods to be joined to a program's. */
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
