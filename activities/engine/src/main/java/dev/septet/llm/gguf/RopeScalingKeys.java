package dev.septet.llm.gguf;

import dev.septet.llm.model.config.RopeScaling;
import java.util.Optional;

/**
 * Llama 3's RoPE scaling in GGUF: a divisor per rotated pair of a head. Low frequencies are divided
 * by the whole factor, high frequencies stay, and frequencies between are interpolated.
 *
 * @see <a href="https://arxiv.org/abs/2407.21783">The Llama 3 herd of models, 2024</a>
 */
final class RopeScalingKeys {
    /** Tensor (head size / 2) that holds the divisors. */
    static final String TENSOR = "rope_freqs.weight";

    /** Divisors are float32; the recovered parameters must reproduce them to this relative error. */
    private static final double TOLERANCE = 1e-5;

    /** Numbers this close to an integer are rounded to it. */
    private static final double WHOLE = 1e-3;

    private RopeScalingKeys() {}

    /** The divisors, (headSize / 2). */
    static float[] divisors(RopeScaling.Llama3 scaling, int headSize, double base) {
        double[] unscaled = frequencies(headSize, base);
        double[] scaled = scaling.apply(unscaled, base);
        float[] divisors = new float[unscaled.length];
        for (int i = 0; i < divisors.length; i++) {
            divisors[i] = (float) (unscaled[i] / scaled[i]);
        }
        return divisors;
    }

    /**
     * The scaling parameters that give these divisors. Several triples do; the one whose {@code
     * low_freq_factor} is about 1 is returned, as Llama's own is.
     *
     * @return empty if the divisors are not those of Llama 3's scaling
     */
    static Optional<RopeScaling.Llama3> of(float[] divisors, double base) {
        int headSize = 2 * divisors.length;
        double factor = 1;
        for (float divisor : divisors) {
            factor = Math.max(factor, divisor);
        }
        if (!(factor > 1) || Double.isInfinite(factor)) {
            return Optional.empty();
        }
        RopeScaling.Llama3 found = fit(divisors, frequencies(headSize, base), factor);
        float[] recovered = divisors(found, headSize, base);
        for (int i = 0; i < recovered.length; i++) {
            if (!(Math.abs(recovered[i] - divisors[i]) <= TOLERANCE * divisors[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(found);
    }

    /**
     * Fits the scaling to the divisors. A pair keeps the share (1 / divisor - 1 / factor) / (1 - 1
     * / factor) of its own frequency. The share is a linear function of the rotations per position,
     * clamped to 0..1. Two unclamped pairs determine the line. With fewer, the line runs through
     * the nearest clamped pairs.
     */
    private static RopeScaling.Llama3 fit(float[] divisors, double[] frequencies, double factor) {
        double slow = 0; // most turns per position of a pair that is scaled in full
        double fast = Double.POSITIVE_INFINITY; // fewest turns per position of a pair that stays
        double[] turns = new double[2];
        double[] shares = new double[2];
        int between = 0;
        for (int i = 0; i < divisors.length; i++) {
            double turn = frequencies[i] / (2 * Math.PI);
            double share = (1 / (double) divisors[i] - 1 / factor) / (1 - 1 / factor);
            if (share < WHOLE * WHOLE) {
                slow = Math.max(slow, turn);
            } else if (share > 1 - WHOLE * WHOLE) {
                fast = Math.min(fast, turn);
            } else {
                int index = Math.min(between, 1); // the first and the last
                turns[index] = turn;
                shares[index] = share;
                between++;
            }
        }
        fast = Double.isInfinite(fast) ? 1 : fast;
        double slope = between > 1
                ? (shares[1] - shares[0]) / (turns[1] - turns[0])
                : between == 1
                        ? Math.max(shares[0] / (turns[0] - slow), (1 - shares[0]) / (fast - turns[0]))
                        : 1 / (fast - slow);
        double zero = between == 0 ? slow : turns[0] - shares[0] / slope;
        int positions = (int) Math.max(1, Math.rint(1 / zero));
        return new RopeScaling.Llama3(
                factor, nearlyWhole(positions * zero), nearlyWhole(positions * (zero + 1 / slope)), positions);
    }

    private static double nearlyWhole(double value) {
        double whole = Math.rint(value);
        return Math.abs(value - whole) < WHOLE * whole ? whole : value;
    }

    private static double[] frequencies(int headSize, double base) {
        double[] frequencies = new double[headSize / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = StrictMath.pow(base, -2.0 * i / headSize);
        }
        return frequencies;
    }
}
