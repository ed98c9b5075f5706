package dev.septet.activities.prepare.duplicate;

/**
 * The shape of a MinHash signature for locality-sensitive hashing: it is cut into bands, and two texts are candidates if
 * they agree in all components of one band. Texts of similarity s are candidates with probability 1 - (1 - s^r)^b for b
 * bands of r components.
 *
 * @param count number of bands, b
 * @param components components of one band, r
 * @see <a href="https://doi.org/10.1017/CBO9781139924801">Leskovec, Rajaraman, Ullman: Mining of Massive Datasets,
 *     section 3.4</a>
 */
record Bands(int count, int components) {
    /** The smallest probability that two texts with exactly the declared similarity are compared. */
    static final double RECALL = 0.99;

    /** More bands need more memory per row. Only short bands may be more. */
    private static final int MAX_COUNT = 20;

    /** Shorter bands would compare unrelated texts of one language. */
    private static final int LEAST_COMPONENTS = 5;

    /** More components need more time per row. */
    private static final int MAX_SIGNATURE = 256;

    /** The longest bands that reach {@link #RECALL} at this similarity: longer bands give fewer false candidates. */
    static Bands of(double similarity) {
        for (int components = 16; components >= LEAST_COMPONENTS; components--) {
            double agree = Math.pow(similarity, components);
            int count = agree >= 1 ? 1 : (int) Math.ceil(Math.log(1 - RECALL) / Math.log(1 - agree));
            boolean few = count <= MAX_COUNT || components == LEAST_COMPONENTS;
            if (few && count * components <= MAX_SIGNATURE) {
                return new Bands(count, components);
            }
        }
        throw new IllegalArgumentException("no bands find texts of similarity " + similarity);
    }

    int signature() {
        return count * components;
    }

    /** The probability that two texts of this similarity are compared. */
    double recall(double similarity) {
        return 1 - Math.pow(1 - Math.pow(similarity, components), count);
    }
}
