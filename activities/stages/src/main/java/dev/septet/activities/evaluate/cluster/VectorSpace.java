package dev.septet.activities.evaluate.cluster;

import java.util.List;
import java.util.Optional;

/**
 * Makes hidden states comparable by their cosine. A few dimensions of a decoder's states are much larger than the others,
 * and all states point into a similar direction. So each dimension is standardised over the rows of the exam, and each
 * vector gets length 1.
 *
 * @param mean mean of each dimension, (D)
 * @param deviation standard deviation of each dimension, (D); 0 for a dimension that does not vary
 * @see <a href="https://aclanthology.org/2021.emnlp-main.372">Timkey and van Schijndel, 2021: rogue dimensions</a>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record VectorSpace(float[] mean, float[] deviation) {
    /** Smaller deviations, relative to the mean, are rounding. */
    private static final double LEAST_DEVIATION = 1e-6;

    /** The space of the exam's vectors, which are finite; at least one. */
    static VectorSpace of(List<float[]> vectors) {
        int size = vectors.get(0).length;
        float[] mean = new float[size];
        float[] deviation = new float[size];
        for (int at = 0; at < size; at++) {
            double sum = 0;
            for (float[] vector : vectors) {
                sum += vector[at];
            }
            double middle = sum / vectors.size();
            double squares = 0;
            for (float[] vector : vectors) {
                squares += (vector[at] - middle) * (vector[at] - middle);
            }
            double spread = Math.sqrt(squares / vectors.size());
            mean[at] = (float) middle;
            deviation[at] = spread <= LEAST_DEVIATION * Math.max(1e-3, Math.abs(middle)) ? 0 : (float) spread;
        }
        return new VectorSpace(mean, deviation);
    }

    /** The vector in this space, of length 1; empty for a vector with another size, or that is not finite or the mean. */
    Optional<float[]> place(float[] vector) {
        if (vector.length != mean.length || !finite(vector)) {
            return Optional.empty();
        }
        float[] placed = new float[mean.length];
        for (int at = 0; at < mean.length; at++) {
            placed[at] = deviation[at] == 0 ? 0 : (vector[at] - mean[at]) / deviation[at];
        }
        return Vectors.unit(placed);
    }

    static boolean finite(float[] vector) {
        for (float number : vector) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }
}
