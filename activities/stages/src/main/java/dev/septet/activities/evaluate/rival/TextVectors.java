package dev.septet.activities.evaluate.rival;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Vectors of texts, of length 1: the product of two of them is their cosine. */
public interface TextVectors extends Closeable {
    /** One vector for each text; zeros for a text without tokens. */
    List<float[]> of(List<String> texts) throws IOException;

    /** The vector with length 1; a vector of zeros stays. */
    static float[] unit(float[] vector) {
        double norm = 0;
        for (float value : vector) {
            norm += (double) value * value;
        }
        float[] unit = new float[vector.length];
        for (int at = 0; at < unit.length && norm > 0; at++) {
            unit[at] = (float) (vector[at] / Math.sqrt(norm));
        }
        return unit;
    }
}
