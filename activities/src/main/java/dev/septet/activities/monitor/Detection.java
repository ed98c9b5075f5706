package dev.septet.activities.monitor;

import org.jspecify.annotations.Nullable;

/**
 * What a detector says of two samples.
 *
 * @param score grows with their difference; 0 or about it when there is none
 * @param chance how likely a score at least as large would be without any drift, given how many
 *     values there are
 */
record Detection(double score, double chance) {
    /**
     * Chance above which a score counts as noise, however large. On small windows every score is
     * large by chance; this keeps the false alarms of each detector under one look in a hundred.
     */
    static final double LEVEL = 0.01;

    /** Whether the score is above the bound, if there is one, and not to be explained by chance. */
    boolean drifted(@Nullable Double above) {
        return (above == null || score > above) && chance < LEVEL;
    }
}
