package dev.septet.llm.quantize;

import static dev.septet.llm.quantize.SuperBlockEncoder.clamp;
import static dev.septet.llm.quantize.SuperBlockEncoder.nearest;

/**
 * Finds s so that s code, with codes -32 to 31, approximates 16 values. Trial scales around the one
 * that gives the value of largest magnitude the code -32 give trial codes. For each trial, the best
 * s is a weighted least squares fit with weights x^2. The trial with the smallest weighted error
 * wins. The search and its range are those of llama.cpp's Q6_K.
 */
final class SymmetricFit {
    /** Smaller magnitudes count as zero. */
    static final float NOTHING = 1e-15f;

    private static final int SIZE = 16;
    private static final int MIDDLE = 32;
    private static final int TRIALS = 9;
    private static final float STEP = 0.1f;

    private SymmetricFit() {}

    /** The scale of the 16 values from {@code from}; writes codes + 32 to {@code codes} from {@code at}. */
    static float scale(float[] values, int from, byte[] codes, int at) {
        float extreme = 0;
        for (int i = from; i < from + SIZE; i++) {
            extreme = Math.abs(values[i]) > Math.abs(extreme) ? values[i] : extreme;
        }
        if (Math.abs(extreme) < NOTHING) {
            return 0;
        }
        float scale = 0;
        float explained = 0;
        for (int trial = 0; trial <= 2 * TRIALS; trial++) {
            // the plain scale first, then offsets of -9 to 9 tenths of a step
            int tenths = trial == 0 ? 0 : trial <= TRIALS ? trial - 1 - TRIALS : trial - TRIALS;
            float perStep = -(MIDDLE + STEP * tenths) / extreme;
            float products = 0;
            float squares = 0;
            for (int i = from; i < from + SIZE; i++) {
                int code = code(values[i], perStep);
                float weight = values[i] * values[i];
                products += weight * values[i] * code;
                squares += weight * code * code;
            }
            boolean better = trial == 0 || products * products > explained * squares;
            if (squares > 0 && better) {
                scale = products / squares;
                explained = scale * products;
                for (int i = 0; i < SIZE; i++) {
                    codes[at + i] = (byte) (code(values[from + i], perStep) + MIDDLE);
                }
            }
        }
        return scale;
    }

    private static int code(float value, float perStep) {
        return clamp(nearest(perStep * value), -MIDDLE, MIDDLE - 1);
    }
}
