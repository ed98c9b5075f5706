package dev.septet.llm.format;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Merges an adapter into a base matrix, row by row. */
final class MergedMatrix {
    private final float[] values;
    private final int columns;
    private final int rank;
    private final float[] a;
    private final float[] b;
    private final float @Nullable [] magnitude;
    private final float scale;

    private MergedMatrix(StoredTensor weight, LoraWeights lora) {
        this.values = weight.floats();
        this.columns = (int) weight.shape().get(1);
        this.rank = lora.rank();
        this.a = lora.a().floats();
        this.b = lora.b().floats();
        this.magnitude = lora.magnitude() == null ? null : lora.magnitude().floats();
        this.scale = (float) lora.scale();
    }

    /** The merged values (out, in), row-major; the same for any number of threads. */
    static float[] of(StoredTensor weight, LoraWeights lora) {
        MergedMatrix matrix = new MergedMatrix(weight, lora);
        IntStream.range(0, (int) weight.shape().get(0)).parallel().forEach(matrix::mergeRow);
        return matrix.values;
    }

    private void mergeRow(int row) {
        float[] product = new float[columns];
        for (int k = 0; k < rank; k++) {
            float factor = b[row * rank + k];
            for (int j = 0; j < columns; j++) {
                product[j] += factor * a[k * columns + j];
            }
        }
        int at = row * columns;
        for (int j = 0; j < columns; j++) {
            values[at + j] += scale * product[j];
        }
        if (magnitude != null) {
            scaleTo(at, magnitude[row]);
        }
    }

    private void scaleTo(int at, float length) {
        double squares = 0;
        for (int j = at; j < at + columns; j++) {
            squares += (double) values[j] * values[j];
        }
        float factor = squares == 0 ? 0 : (float) (length / Math.sqrt(squares));
        for (int j = at; j < at + columns; j++) {
            values[j] *= factor;
        }
    }
}
