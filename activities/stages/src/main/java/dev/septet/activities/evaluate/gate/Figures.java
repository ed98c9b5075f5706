package dev.septet.activities.evaluate.gate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Formats numbers for people: four significant digits, the same in every locale. */
public final class Figures {
    private static final MathContext DIGITS = new MathContext(4);

    private Figures() {}

    /** Such as {@code 0.9312}, {@code 12.5}, {@code 1.2e-07}; {@code missing} for NaN. */
    public static String of(double value) {
        if (Double.isNaN(value)) {
            return "missing";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "infinite" : "-infinite";
        }
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e7)) {
            return String.format(Locale.ROOT, "%.3g", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        return rounded.signum() == 0 ? "0" : rounded.toPlainString();
    }

    /** With its sign: {@code +0.25}, {@code -3.1}. */
    public static String change(double value) {
        return value > 0 ? "+" + of(value) : of(value);
    }

    /** Such as {@code +4.2 %}, of a fraction. */
    public static String percent(double fraction) {
        return Double.isFinite(fraction) ? String.format(Locale.ROOT, "%+.1f %%", 100 * fraction) : of(fraction);
    }

    /** Such as {@code 4.2 %}, of a fraction that has no sign. */
    public static String share(double fraction) {
        return percent(Math.abs(fraction)).replaceFirst("^\\+", "");
    }

    /** Such as {@code 0.91 to 0.97}. */
    public static String of(Interval interval) {
        return of(interval.low()) + " to " + of(interval.high());
    }
}
