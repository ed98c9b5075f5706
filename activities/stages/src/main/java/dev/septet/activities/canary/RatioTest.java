package dev.septet.activities.canary;

import dev.septet.workflows.canary.CanaryFinding;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/**
 * Tests whether the new model's times or lengths exceed the present model's by more than a factor.
 * The test is the one-sided Mann-Whitney test of the new values against the present values,
 * multiplied (or divided, when inverted) by the factor. The plain difference is that of the
 * medians.
 *
 * @param measure such as {@code median time}
 * @param unit of the values
 * @param factor the largest allowed factor
 * @param inverted whether the test is for smaller values: by more than the factor
 * @see <a href="https://doi.org/10.1214/aoms/1177730491">Mann, Whitney, 1947</a>
 */
record RatioTest(String measure, String unit, double factor, boolean inverted) {
    /** Minimum number of values of each model. */
    static final int MIN = 20;

    /** Compares sorted values. */
    CanaryFinding compare(List<? extends Number> challenger, List<? extends Number> champion, double alpha) {
        double now = median(challenger);
        double before = median(champion);
        boolean enough = challenger.size() >= MIN && champion.size() >= MIN;
        double bound = inverted ? before / factor : before * factor;
        boolean worse = enough && (inverted ? now < bound : now > bound);
        return new CanaryFinding(
                measure,
                before,
                now,
                worse && pValue(challenger, champion) < alpha,
                worse,
                String.format(
                        Locale.ROOT,
                        "%s: %,.0f %s, the present model's %,.0f; from %,.0f on it is too %s",
                        measure,
                        now,
                        unit,
                        before,
                        bound,
                        inverted ? "little" : "much"));
    }

    private double pValue(List<? extends Number> challenger, List<? extends Number> champion) {
        double[] now = challenger.stream().mapToDouble(Number::doubleValue).toArray();
        double[] scaled = champion.stream()
                .mapToDouble(value -> inverted ? value.doubleValue() / factor : value.doubleValue() * factor)
                .toArray();
        return MannWhitneyUTest.withDefaults()
                .with(inverted ? AlternativeHypothesis.LESS_THAN : AlternativeHypothesis.GREATER_THAN)
                .test(now, scaled)
                .getPValue();
    }

    private static double median(List<? extends Number> sorted) {
        return sorted.isEmpty() ? 0 : sorted.get((sorted.size() - 1) / 2).doubleValue();
    }
}
