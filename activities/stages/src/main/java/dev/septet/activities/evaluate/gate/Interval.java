package dev.septet.activities.evaluate.gate;

/** An interval from low to high, both included; both ends are NaN when it is not defined. */
public record Interval(double low, double high) {
    /** The interval of the negated value. */
    Interval negated() {
        return new Interval(-high, -low);
    }

    /** The interval divided by {@code unit}. */
    Interval over(double unit) {
        return new Interval(low / unit, high / unit);
    }
}
