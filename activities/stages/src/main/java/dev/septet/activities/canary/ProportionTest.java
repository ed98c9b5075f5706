package dev.septet.activities.canary;

import dev.septet.workflows.canary.CanaryFinding;
import java.util.Locale;

/**
 * Compares a proportion of the requests, or of the opinions, that should be small.
 *
 * @param measure what is counted, such as {@code failed requests}
 * @param of the set that the proportion is taken of, such as {@code requests}
 * @param allowed how much the new model's proportion may exceed the present model's
 * @param fewest minimum size of that set for a comparison of the measured proportions without a
 *     significance test
 */
record ProportionTest(String measure, String of, double allowed, long fewest) {
    /**
     * Compares both models.
     *
     * @param alpha probability that a model is called worse although its proportion is exactly the
     *     largest allowed one
     */
    CanaryFinding compare(long part, long whole, long championPart, long championWhole, double alpha) {
        double challenger = fraction(part, whole);
        double champion = fraction(championPart, championWhole);
        boolean proven = RateIncrease.atLeast(part, whole, championPart, championWhole, alpha) > allowed;
        boolean worse = whole >= fewest && championWhole > 0 && challenger - champion > allowed;
        return new CanaryFinding(
                measure,
                champion,
                challenger,
                proven,
                worse || proven,
                String.format(
                        Locale.ROOT,
                        "%s: %d of %d %s (%.1f %%), the present model's %d of %d (%.1f %%); %.1f"
                                + " points more are allowed",
                        measure,
                        part,
                        whole,
                        of,
                        100 * challenger,
                        championPart,
                        championWhole,
                        100 * champion,
                        100 * allowed));
    }

    private static double fraction(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
