package dev.septet.llm.quantize;

/**
 * The error of a quantized tensor.
 *
 * @param name of the tensor
 * @param type stored type
 * @param elements number of values
 * @param bytes stored size
 * @param largest largest |stored - original| of all values
 * @param relative root mean square of the error divided by that of the original; 0 if exact
 */
public record TensorError(String name, GgmlType type, long elements, long bytes, double largest, double relative) {

    /** Compares the original values with the decoded stored values. */
    public static TensorError of(String name, GgmlType type, float[] original, float[] stored) {
        double largest = 0;
        double squares = 0;
        double errors = 0;
        for (int i = 0; i < original.length; i++) {
            double error = (double) stored[i] - original[i];
            largest = Math.max(largest, Math.abs(error));
            errors += error * error;
            squares += (double) original[i] * original[i];
        }
        double relative = errors == 0 ? 0 : Math.sqrt(errors / squares);
        return new TensorError(name, type, original.length, type.bytes(original.length), largest, relative);
    }

    /**
     * Whether the errors are finite: overflow to infinity and NaN in the original make them
     * infinite or NaN.
     */
    public boolean isFinite() {
        return Double.isFinite(largest) && Double.isFinite(relative);
    }
}
