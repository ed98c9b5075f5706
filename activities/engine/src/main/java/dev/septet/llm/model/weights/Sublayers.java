package dev.septet.llm.model.weights;

import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.model.config.ModelConfig;
import dev.septet.llm.runtime.ScriptSource;
import java.util.Map;

/**
 * The norms and the attention of a Llama's block, shared by the programs with a handwritten
 * backward pass (the resource {@code sublayers.py}).
 */
public final class Sublayers {
    /** Longest row whose attention probabilities are kept; those of longer rows are recomputed. */
    public static final int SHORT_ROW = 512;

    /**
     * Rows are padded to a multiple of this length in attention, because kernels process this many
     * tokens at once.
     */
    private static final int LENGTH_STEP = 32;

    /**
     * Number of queries of a causal block times the bytes of one number: measured as the fastest in
     * bf16 and in float32.
     */
    private static final int BLOCK_BYTES = 256;

    private Sublayers() {}

    /** Padded length of a row in attention, in tokens. */
    public static int padded(int length) {
        return (length + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
    }

    /**
     * Number of queries of a causal attention block: keys right of its last query are not computed.
     *
     * @param bytes size of one number
     */
    public static int block(int bytes) {
        return BLOCK_BYTES / bytes;
    }

    /** The sublayers' methods, to be appended to a program. */
    public static ScriptSource source(ModelConfig config, ComputePrecision precision) {
        return ScriptSource.read(Sublayers.class, "sublayers.py", "Sublayers", numbers(config, precision));
    }

    /** The model's numbers, by the names of their placeholders. */
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
     * In bf16, the sum is rounded once. In float32, MKL would process part of a tensor one matrix
     * at a time, each on one thread.
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
