package dev.septet.llm.model;

/**
 * Llama 3's stretching of rotary positions to longer contexts: slow rotations are slowed down by
 * {@code factor}, fast ones stay, those between are interpolated.
 *
 * @param lowFrequencyFactor wavelengths above originalPositions / this are stretched in full
 * @param highFrequencyFactor wavelengths below originalPositions / this stay
 * @param originalPositions context length that the model was first trained on
 * @see <a href="https://arxiv.org/abs/2407.21783">The Llama 3 herd of models, 2024</a>
 */
public record RopeScaling(
        double factor,
        double lowFrequencyFactor,
        double highFrequencyFactor,
        int originalPositions) {

    /** The stretched form of an angle per position. */
    double apply(double frequency) {
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < originalPositions / highFrequencyFactor) {
            return frequency;
        }
        if (wavelength > originalPositions / lowFrequencyFactor) {
            return frequency / factor;
        }
        double share =
                (originalPositions / wavelength - lowFrequencyFactor)
                        / (highFrequencyFactor - lowFrequencyFactor);
        return (1 - share) * frequency / factor + share * frequency;
    }
}
