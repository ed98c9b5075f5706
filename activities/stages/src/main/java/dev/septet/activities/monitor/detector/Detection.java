package dev.septet.activities.monitor.detector;

/**
 * What a detector says of two samples.
 *
 * @param score grows with their difference
 * @param chance how likely a score at least as large would be without any drift, given how many
 *     values there are
 */
public record Detection(double score, double chance) {
    /** Two samples in which there is nothing to compare, such as a single value throughout. */
    public static final Detection NOTHING = new Detection(0, 1);
}
