package dev.septet.examples.benchmarks.programs;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.model.config.ComputePrecision;
import dev.septet.llm.runtime.Script;
import dev.septet.llm.runtime.ScriptSource;

/** Measures this machine's rate of large matrix multiplications with the given threads. */
final class MatrixRate {
    private static final int SIZE = 2048;
    private static final double PRODUCT = 2.0 * SIZE * SIZE * SIZE;
    private static final String PROGRAM = """
        def matrix(self, like: Tensor, size: int) -> Tensor:
            return torch.full([size, size], 0.5, dtype=${type}, layout=None, device=like.device)

        def product(self, a: Tensor, b: Tensor) -> Tensor:
            return torch.mm(a, b)
        """;

    private final NDManager scope;
    private final Script script;
    private final NDArray matrix;
    private double best;

    MatrixRate(NDManager scope, ComputePrecision precision) {
        this.scope = scope;
        String type = precision == ComputePrecision.BF16 ? "15" : "6";
        script = Script.load(scope, new ScriptSource("Matrix", PROGRAM.replace("${type}", type)));
        matrix = script.tensor(scope, "matrix", scope.create(0f), SIZE);
        measure();
    }

    /** Measures once more; the best rate counts. */
    void measure() {
        for (int i = 0; i < 3; i++) {
            try (NDManager scratch = scope.newSubManager()) {
                long began = System.nanoTime();
                script.tensor(scratch, "product", matrix, matrix);
                best = Math.max(best, PRODUCT / ((System.nanoTime() - began) / 1e9));
            }
        }
    }

    /** The best rate, in floating-point operations per second. */
    double best() {
        return best;
    }
}
