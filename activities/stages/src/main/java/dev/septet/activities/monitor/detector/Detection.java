package dev.septet.activities.monitor.detector;

/**
 * A detector's result for two samples.
 *
 * @param score grows with the difference of the samples
 * @param chance p-value: the probability of a score at least as large without drift, for these
 *     sample sizes
 */
public record Detection(double score, double chance) {
    /**
     * The result for two samples without anything to compare, such as a single value throughout.
     */
    public static final Detection NOTHING = new Detection(0, 1);
}
