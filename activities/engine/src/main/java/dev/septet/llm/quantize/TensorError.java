package dev.septet.llm.quantize;

/**
 * What storing a tensor in fewer bits cost.
 *
 * @param name of the tensor
 * @param type in which it was stored
 * @param elements number of values
 * @param bytes stored size
 * @param largest greatest |stored - original| of all values
 * @param relative root of the mean square error divided by the root of the mean square of the
 *     original; 0 where exact
 */
public record TensorError(String name, GgmlType type, long elements, long bytes, double largest, double relative) {

    /** Compares the original values with what their stored form decodes to. */
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
     * Whether every stored value is a number: overflow to infinity and NaN in the original both
     * show here.
     */
    public boolean isFinite() {
        return Double.isFinite(largest) && Double.isFinite(relative);
    }
}
