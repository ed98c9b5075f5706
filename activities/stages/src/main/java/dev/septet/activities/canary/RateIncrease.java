package dev.septet.activities.canary;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * The minimum increase from one rate to another: the lower confidence limit of {@code p1 - p0} from
 * the exact limits of both rates (method of variance estimates recovery):
 *
 * <p>{@code d - sqrt((p1 - low(p1))^2 + (high(p0) - p0)^2)} with {@code d = p1 - p0}. The limits of
 * Clopper and Pearson are valid for any number of requests.
 *
 * @see <a href="https://doi.org/10.1002/sim.2782">Zou, Donner, 2008</a>
 * @see <a href="https://doi.org/10.1093/biomet/26.4.404">Clopper, Pearson, 1934</a>
 */
final class RateIncrease {
    private RateIncrease() {}

    /**
     * The lower limit of the increase.
     *
     * @param part count of the first rate, out of {@code whole}
     * @param alpha probability that a limit is too high
     * @return -1 when {@code whole} or {@code otherWhole} is 0
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

    /** The lower limit of a rate. */
    static double low(long part, long whole, double alpha) {
        return part == 0
                ? 0
                : BetaDistribution.of((double) part, whole - part + 1.0).inverseCumulativeProbability(alpha);
    }

    /** The upper limit of a rate. */
    static double high(long part, long whole, double alpha) {
        return part == whole
                ? 1
                : BetaDistribution.of(part + 1.0, (double) (whole - part)).inverseSurvivalProbability(alpha);
    }
}
