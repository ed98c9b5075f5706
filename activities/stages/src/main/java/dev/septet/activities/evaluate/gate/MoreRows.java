package dev.septet.activities.evaluate.gate;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How many more rows would decide an INCONCLUSIVE check. The half-width of an interval shrinks with the square root of the
 * number of rows, so {@code n (half-width / distance)^2} rows would make the interval end at the bound. A new sample also
 * moves the value, so this number is multiplied by {@code ((z(0.975) + z(0.8)) / z(0.975))^2 = 2.04}: then a check whose
 * value is the true one passes with a probability of 80 %.
 *
 * @see <a href="https://doi.org/10.1002/sim.1783">Julious, 2004: sample sizes for clinical trials with normal data, section
 *     6</a>
 */
public final class MoreRows {
    /** More rows than this are not worth a number. */
    private static final double MANY = 1e7;

    private MoreRows() {}

    /**
     * The number of rows in all that would probably decide.
     *
     * @param rows the present number of rows
     * @param distance from the value to the bound, at least 0
     * @param halfWidth from the value to the end of its interval on the bound's side, above 0
     * @return infinite when the value is at the bound
     */
    static double needed(int rows, double distance, double halfWidth) {
        double factor = (Power.CONFIDENCE + Power.POWER) / Power.CONFIDENCE * halfWidth / distance;
        return Math.max(rows + 1.0, Math.ceil(rows * factor * factor));
    }

    /**
     * About how many more rows would show that a difference is not 0.
     *
     * @param rows the present number of rows
     * @param distance the difference
     * @param halfWidth from the difference to the end of its interval on the side of 0
     * @return null when no number of rows would, or too many to be worth a number
     */
    public static @Nullable Long toDecide(int rows, double distance, double halfWidth) {
        double more = distance > 0 ? needed(rows, distance, halfWidth) - rows : Double.POSITIVE_INFINITY;
        return more > MANY ? null : (Long) (long) more;
    }

    /**
     * The end of a reason, such as {@code : about 130 more rows would decide}.
     *
     * @param of what the rows are, such as {@code of this slice}; may be empty
     */
    static String words(String of, int rows, double distance, double halfWidth) {
        if (!(distance > 0)) {
            return ": it is at the bound, so no number of rows would decide";
        }
        double more = needed(rows, distance, halfWidth) - rows;
        String kind = of.isEmpty() ? "rows" : "rows " + of;
        return more > MANY
                ? ": more than 10 million more " + kind + " would be needed to decide"
                : String.format(Locale.ROOT, ": about %,d more %s would decide", (long) more, kind);
    }
}
