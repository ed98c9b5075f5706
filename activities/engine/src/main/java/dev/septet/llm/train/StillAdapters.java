package dev.septet.llm.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.optimizer.Optimizer;
import dev.septet.llm.runtime.TensorList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Low-rank adapters that have not moved. Every matrix B starts at 0, so a matrix whose root mean
 * square is far below the others' has not been trained: its layer gets no gradient.
 *
 * @param count number of matrices B whose root mean square is below {@link #SHARE} of the median of
 *     all matrices B, or exactly 0
 * @param first the module of the first such matrix
 */
public record StillAdapters(int count, String first) {
    /** A matrix with less than this share of the median root mean square has not moved. */
    public static final double SHARE = 0.01;

    /** The matrices B of a model, to measure after each step. */
    static final class Probe {
        private final List<String> names = new ArrayList<>();
        private final double[] roots;
        private final TensorList matrices;

        private Probe(NDManager scope, Map<String, NDArray> parameters) {
            List<NDArray> arrays = new ArrayList<>();
            parameters.forEach((name, parameter) -> {
                if (PeftAdapter.isB(name)) {
                    names.add(PeftAdapter.moduleOfB(name));
                    arrays.add(parameter);
                }
            });
            roots = arrays.stream()
                    .mapToDouble(array -> Math.sqrt((double) array.size()))
                    .toArray();
            matrices = TensorList.of(scope, arrays);
        }

        /** A probe of a model's adapters; empty for a model without adapters. */
        static Optional<Probe> of(NDManager scope, Map<String, NDArray> parameters) {
            return parameters.keySet().stream().anyMatch(PeftAdapter::isB)
                    ? Optional.of(new Probe(scope, parameters))
                    : Optional.empty();
        }

        /** The matrices that have not moved; empty when all have. */
        Optional<StillAdapters> measure(NDManager scope, Optimizer optimizer) {
            float[] norms = optimizer.norms(scope, matrices);
            double[] means = new double[norms.length];
            for (int i = 0; i < means.length; i++) {
                means[i] = norms[i] / roots[i];
            }
            double[] sorted = means.clone();
            Arrays.sort(sorted);
            double least = SHARE * sorted[sorted.length / 2];
            int count = 0;
            String first = "";
            for (int i = 0; i < means.length; i++) {
                if (means[i] < least || means[i] == 0) {
                    first = count == 0 ? names.get(i) : first;
                    count++;
                }
            }
            return count == 0 ? Optional.empty() : Optional.of(new StillAdapters(count, first));
        }
    }
}
