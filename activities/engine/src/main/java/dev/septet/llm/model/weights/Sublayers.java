package dev.septet.llm.model.weights;

import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.ScriptSource;
import java.util.Map;

/**
 * What programs with a backward pass written by hand share: norms and attention of a Llama's block
 * (the resource {@code sublayers.py}).
 */
public final class Sublayers {
    /** Longest row whose attention probabilities are kept; those of longer ones are made again. */
    public static final int SHORT_ROW = 512;

    /** Attention's rows end in padding up to a multiple of this: what kernels take at once. */
    private static final int LENGTH_STEP = 32;

    /** A causal block's queries, one number of each: measured best in bf16 and in float32. */
    private static final int BLOCK_BYTES = 256;

    private Sublayers() {}

    /** Tokens of a row in attention, its padding included. */
    public static int padded(int length) {
        return (length + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
    }

    /**
     * Queries of a causal block of attention: keys right of its last one are not computed.
     *
     * @param bytes of a number
     */
    public static int block(int bytes) {
        return BLOCK_BYTES / bytes;
    }

    /** Its methods, to be joined to a program's. */
    public static ScriptSource source(ModelConfig config, ComputePrecision precision) {
        return ScriptSource.read(Sublayers.class, "sublayers.py", "Sublayers", numbers(config, precision));
    }

    /** The model's numbers by the names of their places. */
    public static Map<String, String> numbers(ModelConfig config, ComputePrecision precision) {
        return Map.ofEntries(
                entry("compute", precision.type()),
                entry("perhidden", 1.0 / config.hiddenSize()),
                entry("epsilon", config.normEpsilon()),
                entry("heads", config.heads()),
                entry("kvheads", config.keyValueHeads()),
                entry("group", config.heads() / config.keyValueHeads()),
                entry("headsize", config.headSize()),
                entry("halfsize", config.headSize() / 2),
                entry("rootsize", 1 / Math.sqrt(config.headSize())),
                entry("block", block(precision.bytes())),
                Map.entry("addproducts", addProducts(precision)),
                entry("step", LENGTH_STEP),
                entry("short", SHORT_ROW));
    }

    /**
     * In bf16 the sum is rounded once. In float32 MKL would take a part of a tensor matrix by
     * matrix, on one thread each.
     */
    private static String addProducts(ComputePrecision precision) {
        return precision == ComputePrecision.BF16
                ? "y.baddbmm_(a, b, beta=1, alpha=scale)"
                : "y.add_(torch.bmm(a, b), alpha=scale)";
    }

    private static Map.Entry<String, String> entry(String name, Number value) {
        return Map.entry(name, value.toString());
    }
}
