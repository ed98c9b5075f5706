package dev.septet.llm.model.config;

/** Stretching of rotary positions to longer contexts than a model was first trained on. */
public sealed interface RopeScaling {

    /**
     * The stretched angles per position.
     *
     * @param frequencies those of the base, (headSize / 2)
     * @param theta the base itself
     */
    double[] apply(double[] frequencies, double theta);

    /** Factor of all cosines and sines. */
    default double magnitude() {
        return 1;
    }

    /** Every rotation is slowed down by a factor. */
    record Linear(double factor) implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta) {
            double[] stretched = new double[frequencies.length];
            for (int i = 0; i < stretched.length; i++) {
                stretched[i] = frequencies[i] / factor;
            }
            return stretched;
        }
    }

    /**
     * Llama 3: slow rotations are slowed down by {@code factor}, fast ones stay, those between are
     * interpolated.
     *
     * @param lowFrequencyFactor wavelengths above originalPositions / this are stretched in full
     * @param highFrequencyFactor wavelengths below originalPositions / this stay
     * @param originalPositions context length that the model was first trained on
     * @see <a href="https://arxiv.org/abs/2407.21783">The Llama 3 herd of models, 2024</a>
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions)
            implements RopeScaling {
        @Override
        public double[] apply(double[] frequencies, double theta) {
            double[] stretched = new double[frequencies.length];
            for (int i = 0; i < stretched.length; i++) {
                double wavelength = 2 * Math.PI / frequencies[i];
                double share = (originalPositions / wavelength - lowFrequencyFactor)
                        / (highFrequencyFactor - lowFrequencyFactor);
                double kept = Math.max(0, Math.min(1, share));
                stretched[i] = (1 - kept) * frequencies[i] / factor + kept * frequencies[i];
            }
            return stretched;
        }
    }

    /**
     * YaRN: as Llama 3's, with the bounds counted in turns over the original context, interpolated
     * by the index of the pair; and attention is sharpened by {@code magnitude}.
     *
     * @param fastTurns pairs that turn at least so often stay
     * @param slowTurns pairs that turn at most so often are stretched in full
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
            double[] stretched = new double[frequencies.length];
            for (int i = 0; i < stretched.length; i++) {
                double share = Math.max(0, Math.min(1, (i - low) / (high - low)));
                stretched[i] = share * frequencies[i] / factor + (1 - share) * frequencies[i];
            }
            return stretched;
        }

        /** The pair of a head that makes so many turns over the original context. */
        private double pair(double turns, double theta, int headSize) {
            return headSize * StrictMath.log(originalPositions / (turns * 2 * Math.PI)) / (2 * StrictMath.log(theta));
        }
    }
}
