package dev.septet.activities.deploy.chain;

import dev.septet.llm.format.ElementType;
import dev.septet.llm.format.LoraWeights;
import dev.septet.llm.format.ModelFolder;
import dev.septet.llm.format.PeftAdapter;
import dev.septet.llm.format.StoredTensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * Compares merged weights with their expected values, recomputed in double precision: W = W0 +
 * scale B A, and with DoRA m (W0 + scale B A) / ||W0 + scale B A||. It checks evenly spaced rows of
 * each matrix. Where the merged weights have 16 bits, an error is what is more than rounding once.
 *
 * @param tensor name of the tensor with the largest error
 * @param error largest |merged - expected|, as a fraction of the tensor's largest expected weight
 */
record MergedWeights(String tensor, double error) {
    private static final int ROWS = 48;

    static MergedWeights of(ModelFolder base, PeftAdapter adapter, ModelFolder merged) {
        MergedWeights worst = new MergedWeights("", 0);
        for (StoredTensor weight : base.tensors().values()) {
            StoredTensor result = merged.tensors().get(weight.name());
            double error = result == null || !result.shape().equals(weight.shape())
                    ? Double.POSITIVE_INFINITY
                    : error(weight, adapter.of(weight.name()), result);
            worst = error <= worst.error ? worst : new MergedWeights(weight.name(), error);
        }
        return worst;
    }

    private static double error(StoredTensor weight, Optional<LoraWeights> lora, StoredTensor merged) {
        float[] base = weight.floats();
        float[] found = merged.floats();
        int columns = weight.shape().dimension() < 2
                ? base.length
                : (int) weight.shape().get(1);
        int rows = base.length / Math.max(1, columns);
        double worst = 0;
        double largest = 0;
        Optional<Delta> delta = lora.map(Delta::of);
        for (int i = 0; i < Math.min(ROWS, rows); i++) {
            int row = (int) ((long) i * rows / Math.min(ROWS, rows));
            double[] expected = new double[columns];
            for (int j = 0; j < columns; j++) {
                expected[j] = base[row * columns + j];
            }
            delta.ifPresent(of -> of.addTo(expected, row));
            for (int j = 0; j < columns; j++) {
                double exact = Math.abs(found[row * columns + j] - expected[j]);
                double error = Math.max(0, exact - rounding(merged.type(), expected[j])); // NaN stays NaN
                worst = error <= worst ? worst : error;
                largest = Math.max(largest, Math.abs(expected[j]));
            }
        }
        return worst == 0 ? 0 : worst / largest;
    }

    /** Half a step of a type at a value: the most that rounding once may change it. Float32 is bounded as a sum. */
    private static double rounding(ElementType type, double value) {
        return switch (type) {
            case BF16 -> Math.abs(value) / (1 << 8);
            case F16 -> Math.abs(value) / (1 << 11) + Math.scalb(1.0, -25); // numbers below 2^-14 have a fixed step
            default -> 0;
        };
    }

    /** The change that an adapter makes to a row of its matrix. */
    @SuppressWarnings("ArrayRecordComponent") // internal numbers, never compared
    private record Delta(LoraWeights lora, float[] a, float[] b, float[] magnitude) {
        static Delta of(LoraWeights lora) {
            StoredTensor magnitude = lora.magnitude();
            return new Delta(
                    lora, lora.a().floats(), lora.b().floats(), magnitude == null ? new float[0] : magnitude.floats());
        }

        void addTo(double[] row, int index) {
            int rank = lora.rank();
            for (int k = 0; k < rank; k++) {
                double factor = lora.scale() * b[index * rank + k];
                for (int j = 0; j < row.length; j++) {
                    row[j] += factor * a[k * row.length + j];
                }
            }
            if (magnitude.length > 0) {
                double norm = Math.sqrt(Arrays.stream(row).map(x -> x * x).sum());
                for (int j = 0; j < row.length; j++) {
                    row[j] *= magnitude[index] / norm;
                }
            }
        }
    }
}
