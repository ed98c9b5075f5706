package dev.septet.llm.model.config;

/** RoPE scaling: extends rotary positions to longer contexts than a model was first trained on. */
public sealed interface RopeScaling {

    /**
     * The scaled angles per position.
     *
     * @param frequencies the unscaled frequencies, (headSize / 2)
     * @param theta the RoPE base
     */
    double[] apply(double[] frequencies, double theta);

    /** Factor of all cosines and sines. */
    default double magnitude() {
        return 1;
    }

    /** Divides every frequency by a factor. */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta) {
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] = frequencies[i] / factor;
            }
            return scaled;
        }
    }

    /**
     * Llama 3's scaling: low frequencies are divided by {@code factor}, high frequencies stay, and
     * frequencies between are interpolated.
     *
     * @param lowFrequencyFactor wavelengths above originalPositions / this are scaled in full
     * @param highFrequencyFactor wavelengths below originalPositions / this stay
     * @param originalPositions context length that the model was first trained on
     * @see <a href="https://arxiv.org/abs/2407.21783">The Llama 3 herd of models, 2024</a>
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions)
            implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta) {
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                double wavelength = 2 * Math.PI / frequencies[i];
                double share = (originalPositions / wavelength - lowFrequencyFactor)
                        / (highFrequencyFactor - lowFrequencyFactor);
                double weight = Math.max(0, Math.min(1, share));
                scaled[i] = (1 - weight) * frequencies[i] / factor + weight * frequencies[i];
            }
            return scaled;
        }
    }

    /**
     * YaRN: like Llama 3's, but the bounds are counted in rotations over the original context and
     * the interpolation is by pair index. It also scales cosines and sines by {@code magnitude},
     * which sharpens attention.
     *
     * @param fastTurns pairs with at least this number of rotations stay ({@code beta_fast})
     * @param slowTurns pairs with at most this number of rotations are scaled in full ({@code
     *     beta_slow})
     * @param truncated whether the bounds are rounded outwards to whole pairs
     * @see <a href="https://arxiv.org/abs/2309.00071">Peng et al., 2023</a>
     */
    record Yarn(
            double factor,
            double fastTurns,
            double slowTurns,
            int originalPositions,
            double magnitude,
            boolean truncated)
            implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta) {
            int headSize = 2 * frequencies.length;
            double low = pair(fastTurns, theta, headSize);
            double high = pair(slowTurns, theta, headSize);
            low = Math.max(truncated ? Math.floor(low) : low, 0);
            high = Math.min(truncated ? Math.ceil(high) : high, headSize - 1);
            high = high == low ? high + 0.001 : high;
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                double share = Math.max(0, Math.min(1, (i - low) / (high - low)));
                scaled[i] = share * frequencies[i] / factor + (1 - share) * frequencies[i];
            }
            return scaled;
        }

        /** The index of a head's pair that makes {@code turns} rotations over the original context. */
        private double pair(double turns, double theta, int headSize) {
            return headSize * StrictMath.log(originalPositions / (turns * 2 * Math.PI)) / (2 * StrictMath.log(theta));
        }
    }
}
