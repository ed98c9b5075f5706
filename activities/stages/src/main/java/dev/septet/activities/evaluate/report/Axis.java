package dev.septet.activities.evaluate.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A linear axis with round ticks: the distance is one, two or five times a power of ten.
 *
 * @param low value at its beginning, a tick
 * @param high value at its end, a tick
 * @param step distance of two ticks
 */
public record Axis(BigDecimal low, BigDecimal high, BigDecimal step) {
    /**
     * An axis that covers the values.
     *
     * @param ticks approximate number of ticks
     */
    public static Axis over(double min, double max, int ticks) {
        double span = max > min ? max - min : Math.max(Math.abs(max), 1e-12);
        double from = max > min ? min : min - span / 2;
        double to = max > min ? max : max + span / 2;
        BigDecimal step = round(span / ticks);
        return new Axis(multiple(from, step, RoundingMode.FLOOR), multiple(to, step, RoundingMode.CEILING), step);
    }

    /** An axis that covers the values; from 0 to 1 when there are none. */
    public static Axis over(DoubleStream values, int ticks) {
        double[] all = values.sorted().toArray();
        return all.length == 0 ? over(0, 1, ticks) : over(all[0], all[all.length - 1], ticks);
    }

    /** The same, but it starts at zero when the values are not far above it, so that a small change looks small. */
    static Axis nearZero(DoubleStream values, int ticks) {
        double[] all = values.sorted().toArray();
        if (all.length == 0) {
            return over(0, 1, ticks);
        }
        double max = all[all.length - 1];
        return over(all[0] > 0 && all[0] < max / 2 ? 0 : all[0], max, ticks);
    }

    /** The same axis over whole numbers. */
    static Axis overWhole(int min, int max, int ticks) {
        Axis axis = over(min, Math.max(max, min + 1), ticks);
        return axis.step().compareTo(BigDecimal.ONE) >= 0
                ? axis
                : new Axis(BigDecimal.valueOf(min), BigDecimal.valueOf(Math.max(max, min + 1)), BigDecimal.ONE);
    }

    public List<BigDecimal> ticks() {
        List<BigDecimal> ticks = new ArrayList<>();
        for (BigDecimal at = low; at.compareTo(high) <= 0; at = at.add(step)) {
            ticks.add(at);
        }
        return ticks;
    }

    /** The position of a value, from 0 at the beginning to 1 at the end. */
    public double place(double value) {
        return (value - low.doubleValue()) / (high.doubleValue() - low.doubleValue());
    }

    /** Such as {@code 0.25}, {@code 150}, {@code 2e-4}. */
    public String label(BigDecimal tick) {
        BigDecimal plain = tick.stripTrailingZeros();
        if (plain.signum() == 0) {
            return "0";
        }
        int exponent = plain.precision() - plain.scale() - 1;
        BigDecimal largest = low.abs().max(high.abs()).stripTrailingZeros();
        int scale = largest.precision() - largest.scale() - 1;
        return scale < -2 || scale > 5
                ? plain.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent
                : plain.toPlainString();
    }

    private static BigDecimal round(double step) {
        int exponent = (int) Math.floor(Math.log10(step));
        double mantissa = step / Math.pow(10, exponent);
        int nice = mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10;
        return BigDecimal.valueOf(nice).scaleByPowerOfTen(exponent);
    }

    private static BigDecimal multiple(double value, BigDecimal step, RoundingMode rounding) {
        return BigDecimal.valueOf(value).divide(step, 0, rounding).multiply(step);
    }
}
