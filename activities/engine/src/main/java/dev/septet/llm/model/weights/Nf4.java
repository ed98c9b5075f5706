package dev.septet.llm.model.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.Torch;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Quantizes frozen matrices to 4 bits (NF4 with double quantization): 0.52 bytes per weight. The
 * resource {@code nf4.py} describes the scheme. Its levels and the layout of its scales are those
 * of bitsandbytes, so both decode the same weights from the same codes.
 *
 * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al., 2023 (QLoRA)</a>
 */
public final class Nf4 {
    /** Weights that share a scale. */
    static final int BLOCK = 64;

    /** Scales that share a factor. */
    static final int GROUP = 256;

    /** Size of the tables and the mean in bytes; they precede the factors. */
    public static final int TABLES = Float.BYTES * (2 * 256 + 256 + 1);

    /** Quantiles of the normal distribution, scaled to -1..1, with an exact 0. */
    private static final float[] VALUES = {
        -1.0f,
        -0.6961928f,
        -0.52507305f,
        -0.3949175f,
        -0.28444138f,
        -0.18477343f,
        -0.09105004f,
        0.0f,
        0.0795803f,
        0.1609302f,
        0.2461123f,
        0.33791524f,
        0.44070983f,
        0.562617f,
        0.72295684f,
        1.0f
    };

    /** Decades of the scales' levels: 1, 2, 4 .. 64 levels in each sign, the finest decade first. */
    private static final int DECADES = 7;

    private final NDManager scope;
    private final Script script;
    private final NDArray values;
    private final NDArray levels;

    /**
     * @param scope owns the results
     */
    Nf4(NDManager scope) {
        this.scope = scope;
        this.script = Script.load(scope, ScriptSource.read(Nf4.class, "nf4.py", "Nf4", Map.of()));
        this.values = Torch.floats(scope, VALUES, new Shape(VALUES.length));
        float[] table = levels();
        this.levels = Torch.floats(scope, table, new Shape(table.length));
    }

    /** Whether a matrix with this number of weights can be quantized; other matrices keep their type. */
    public static boolean holds(long weights) {
        return weights % BLOCK == 0;
    }

    /** Size of a quantized matrix in bytes. */
    public static long bytes(long weights) {
        long blocks = weights / BLOCK;
        long groups = (blocks + GROUP - 1) / GROUP;
        return TABLES + Float.BYTES * groups + blocks + weights / 2;
    }

    /**
     * Quantizes a float32 matrix (out, in) to the bytes that the decoder's program reads.
     *
     * @param squares mean squares of its inputs (in) float32, which weight the errors; if null, a
     *     block's scale is its largest absolute value
     */
    NDArray quantized(NDArray matrix, @Nullable NDArray squares) {
        return squares == null
                ? script.tensor(scope, "quantized", matrix, values, levels)
                : script.tensor(scope, "fitted", matrix, squares, values, levels);
    }

    /**
     * The 256 levels of a scale: the midpoints of equal parts of each decade from 1e-6 to 1, in
     * both signs, with 0 and 1.
     *
     * @see <a href="https://arxiv.org/abs/1511.04561">Dettmers, 2015, on dynamic 8-bit levels</a>
     */
    static float[] levels() {
        float[] levels = new float[256];
        int at = 0;
        for (int decade = 0; decade < DECADES; decade++) {
            int parts = 1 << decade;
            double unit = StrictMath.pow(10, decade - (DECADES - 1));
            for (int part = 0; part < parts; part++) {
                double middle = 0.1 + 0.9 * (part + 0.5) / parts;
                levels[at++] = (float) (unit * middle);
                levels[at++] = (float) (-unit * middle);
            }
        }
        levels[at++] = 0;
        levels[at] = 1;
        Arrays.sort(levels);
        return levels;
    }
}
