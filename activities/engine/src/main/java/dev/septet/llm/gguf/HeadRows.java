package dev.septet.llm.gguf;

/**
 * Row order of query and key matrices. RoPE rotates pairs of rows of a head. Hugging Face pairs row
 * i with row i + size / 2 ("halves"); GGUF's llama architecture pairs rows 2 i and 2 i + 1
 * ("pairs").
 */
final class HeadRows {
    private HeadRows() {}

    /**
     * Reorders rows from halves to pairs. Values are (heads * head size, columns), row-major;
     * columns is 1 for a bias.
     */
    static float[] toPairs(float[] values, int heads, int columns) {
        return reorder(values, heads, columns, true);
    }

    /** The inverse of {@link #toPairs}. */
    static float[] toHalves(float[] values, int heads, int columns) {
        return reorder(values, heads, columns, false);
    }

    private static float[] reorder(float[] values, int heads, int columns, boolean toPairs) {
        int rows = values.length / columns;
        int size = rows / heads;
        float[] out = new float[values.length];
        for (int row = 0; row < rows; row++) {
            int within = row % size;
            int pair = row - within + 2 * (within % (size / 2)) + within / (size / 2);
            int from = toPairs ? row : pair;
            int to = toPairs ? pair : row;
            System.arraycopy(values, from * columns, out, to * columns, columns);
        }
        return out;
    }
}
