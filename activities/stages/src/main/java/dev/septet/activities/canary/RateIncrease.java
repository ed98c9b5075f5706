package dev.septet.activities.canary;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * By how much one rate exceeds another, at least: the lower confidence limit of {@code p1 - p0}
 * from the exact limits of both rates (method of variance estimates recovery):
 *
 * <p>{@code d - sqrt((p1 - low(p1))^2 + (high(p0) - p0)^2)}, with the limits of Clopper and
 * Pearson, which are right for any number of requests, however small.
 *
 * @see <a href="https://doi.org/10.1002/sim.2782">Zou, Donner, 2008</a>
 * @see <a href="https://doi.org/10.1093/biomet/26.4.404">Clopper, Pearson, 1934</a>
 */
final class RateIncrease {
    private RateIncrease() {}

    /**
     * The limit.
     *
     * @param part of {@code whole} that the first rate is of
     * @param alpha chance of a limit that is too high
     * @return -1 when one of the two rates is of nothing
     */
    static double atLeast(long part, long whole, long otherPart, long otherWhole, double alpha) {
        if (whole == 0 || otherWhole == 0) {
            return -1;
        }
        double rate = (double) part / whole;
        double other = (double) otherPart / otherWhole;
        double below = rate - low(part, whole, alpha);
        double above = high(otherPart, otherWhole, alpha) - other;
        return rate - other - Math.hypot(below, above);
    }

    /** What a rate is at least. */
    static double low(long part, long whole, double alpha) {
        return part == 0
                ? 0
                : BetaDistribution.of((double) part, whole - part + 1.0).inverseCumulativeProbability(alpha);
    }

    /** What a rate is at most. */
    static double high(long part, long whole, double alpha) {
        return part == whole
                ? 1
                : BetaDistribution.of(part + 1.0, (double) (whole - part)).inverseSurvivalProbability(alpha);
    }
}
