package dev.septet.llm.quantize;

import static dev.septet.llm.quantize.SuperBlockEncoder.clamp;
import static dev.septet.llm.quantize.SuperBlockEncoder.nearest;

/**
 * Finds s and m >= 0 so that s code - m approximates 32 values. Trial scales around the plain
 * scale, (max - min) / largest, give trial codes. For each trial, the best s and m are a weighted
 * least squares fit. The trial with the smallest weighted error wins.
 *
 * <p>The weight of a value is root mean square + |value|, because large weights matter more to the
 * model's output. The search, its range and its weights are those of llama.cpp's K types.
 *
 * @param largest largest code
 * @param first first trial, as an addition to {@code largest}
 * @param steps number of trials after the first, 0.1 apart
 */
record OffsetFit(int largest, float first, int steps) {
    static final OffsetFit FOUR_BITS = new OffsetFit(15, -1, 20);
    static final OffsetFit FIVE_BITS = new OffsetFit(31, -0.5f, 15);

    private static final int SIZE = 32;
    private static final float STEP = 0.1f;

    /** A value is approximately {@code scale * code - minimum}. */
    record Fit(float scale, float minimum) {}

    /** Fits the 32 values from {@code from}; writes their codes to {@code codes} from {@code at}. */
    Fit fit(float[] values, int from, byte[] codes, int at) {
        float[] x = new float[SIZE];
        System.arraycopy(values, from, x, 0, SIZE);
        float[] weights = weights(x);
        float min = 0;
        float max = x[0];
        float sumW = 0;
        float sumX = 0;
        for (int i = 0; i < SIZE; i++) {
            min = Math.min(min, x[i]);
            max = Math.max(max, x[i]);
            sumW += weights[i];
            sumX += weights[i] * x[i];
        }
        if (max == min) {
            return new Fit(0, -min);
        }
        byte[] trial = new byte[SIZE];
        float perStep = largest / (max - min);
        round(x, perStep, min, trial);
        float scale = 1 / perStep;
        float minimum = min;
        System.arraycopy(trial, 0, codes, at, SIZE);
        float best = error(x, weights, trial, scale, minimum);
        for (int step = 0; step <= steps; step++) {
            // uses the best minimum so far, so the search continues from its best result
            round(x, (first + STEP * step + largest) / (max - minimum), minimum, trial);
            float sumL = 0;
            float sumLL = 0;
            float sumXL = 0;
            for (int i = 0; i < SIZE; i++) {
                int code = trial[i];
                sumL += weights[i] * code;
                sumLL += weights[i] * code * code;
                sumXL += weights[i] * code * x[i];
            }
            float determinant = sumW * sumLL - sumL * sumL;
            if (determinant > 0) {
                float s = (sumW * sumXL - sumX * sumL) / determinant;
                float m = (sumLL * sumX - sumL * sumXL) / determinant;
                if (m > 0) { // minima are stored without a sign
                    m = 0;
                    s = sumXL / sumLL;
                }
                float error = error(x, weights, trial, s, m);
                if (error < best) {
                    System.arraycopy(trial, 0, codes, at, SIZE);
                    best = error;
                    scale = s;
                    minimum = m;
                }
            }
        }
        return new Fit(scale, -minimum);
    }

    private static float[] weights(float[] x) {
        float squares = 0;
        for (float value : x) {
            squares += value * value;
        }
        float root = (float) Math.sqrt(squares / SIZE);
        float[] weights = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            weights[i] = root + Math.abs(x[i]);
        }
        return weights;
    }

    private void round(float[] x, float perStep, float minimum, byte[] codes) {
        for (int i = 0; i < SIZE; i++) {
            codes[i] = (byte) clamp(nearest(perStep * (x[i] - minimum)), 0, largest);
        }
    }

    private static float error(float[] x, float[] weights, byte[] codes, float s, float m) {
        float error = 0;
        for (int i = 0; i < SIZE; i++) {
            float difference = s * codes[i] + m - x[i];
            error += weights[i] * (difference * difference);
        }
        return error;
    }
}
