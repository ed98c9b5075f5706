package dev.septet.activities.evaluate.cluster;

import java.util.Optional;

/** Arithmetic of vectors of length 1. */
final class Vectors {
    /** Equal vectors of float32 numbers may seem to be this far apart. */
    private static final double ROUNDING = 1e-6;

    private Vectors() {}

    /** The product, summed in four parts, always in the same order. */
    static double product(float[] one, float[] other) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int at = 0;
        for (; at + 3 < one.length; at += 4) {
            first += (double) one[at] * other[at];
            second += (double) one[at + 1] * other[at + 1];
            third += (double) one[at + 2] * other[at + 2];
            fourth += (double) one[at + 3] * other[at + 3];
        }
        for (; at < one.length; at++) {
            first += (double) one[at] * other[at];
        }
        return first + second + (third + fourth);
    }

    /** Cosine distance of vectors of length 1, from 0 to 2. */
    static double distance(float[] one, float[] other) {
        double distance = 1 - product(one, other);
        return distance < ROUNDING ? 0 : Math.min(2, distance);
    }

    /** The vector with length 1; empty when it has no direction. */
    static Optional<float[]> unit(float[] vector) {
        double length = Math.sqrt(product(vector, vector));
        if (!(length > 0) || Double.isInfinite(length)) {
            return Optional.empty();
        }
        float[] unit = new float[vector.length];
        for (int at = 0; at < vector.length; at++) {
            unit[at] = (float) (vector[at] / length);
        }
        return Optional.of(unit);
    }

    /** Adds a vector to a sum. */
    static void add(float[] vector, double[] sum, int sign) {
        for (int at = 0; at < sum.length; at++) {
            sum[at] += sign * vector[at];
        }
    }

    /** The direction of a sum of vectors; empty when it has none. */
    static Optional<float[]> direction(double[] sum) {
        float[] vector = new float[sum.length];
        for (int at = 0; at < sum.length; at++) {
            vector[at] = (float) sum[at];
        }
        return unit(vector);
    }
}
