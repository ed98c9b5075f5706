package dev.septet.llm.model.weights;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;
import dev.septet.llm.runtime.Torch;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Packs frozen matrices into the layout that oneDNN's kernels read. */
final class WeightPacking {
    /** Expected sum of the check: 64 x 64 elements, each 64 x 64. */
    private static final float ONES = 1 << 24;

    private final NDManager scope;
    private final Script script;

    /**
     * @param scope owns the packed matrices
     * @throws EngineException when this build of libtorch does not have the operators
     */
    WeightPacking(NDManager scope) {
        this.scope = scope;
        this.script = Script.load(
                scope,
                ScriptSource.read(WeightPacking.class, "packing.py", "Packing", Map.of("product", product("x", "w"))));
    }

    /** Whether this machine supports packing in this precision; tested once, by running it. */
    static boolean isSupported(NDManager scope, ComputePrecision precision) {
        return !scope.getDevice().isGpu() && Once.SUPPORTED.contains(precision);
    }

    /** The product x w^T by oneDNN, with w packed or not, as an expression of a program. */
    static String product(String x, String w) {
        return "ops.mkldnn._linear_pointwise("
                + x
                + ", "
                + w
                + ", None, \"none\", annotate(List[Optional[number]], []), \"\")";
    }

    /** Packs w (out, in) for {@link #product} with x (.., in): x w^T. */
    NDArray forward(NDArray w) {
        return script.tensor(scope, "pack", w);
    }

    /** Packs w (out, in) for {@link #product} with y (.., out): y w. */
    NDArray backward(NDArray w) {
        return script.tensor(scope, "pack_transposed", w);
    }

    private static final class Once {
        static final Set<ComputePrecision> SUPPORTED =
                Arrays.stream(ComputePrecision.values()).filter(Once::tried).collect(Collectors.toUnmodifiableSet());

        private static boolean tried(ComputePrecision precision) {
            try (NDManager scratch = Torch.newScope()) {
                NDArray like = scratch.create(0);
                Script script = new WeightPacking(scratch).script;
                return script.tensor(scratch, "check", like, precision.type()).getFloat() == ONES;
            } catch (EngineException noSuchOperator) {
                return false;
            }
        }
    }
}
