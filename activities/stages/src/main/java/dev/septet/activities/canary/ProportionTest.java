package dev.septet.activities.canary;

import dev.septet.workflows.canary.CanaryFinding;
import java.util.Locale;

/**
 * A share of the requests, or of the opinions, that should be small.
 *
 * @param measure what is counted, such as {@code failed requests}
 * @param of what it is a share of, such as {@code requests}
 * @param allowed by how much the new model's may exceed the present one's
 * @param fewest so many are needed before the numbers as they are count
 */
record ProportionTest(String measure, String of, double allowed, long fewest) {
    /**
     * Compares.
     *
     * @param alpha chance of calling a model proven worse that is just as bad as allowed
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
