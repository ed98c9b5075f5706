package dev.septet.activities.evaluate.gate;

/** From low to high, both included; NaN ends where it is not defined. */
public record Interval(double low, double high) {
    /** The interval on the other side of zero. */
    Interval negated() {
        return new Interval(-high, -low);
    }

    /** The interval in units of something else. */
    Interval over(double unit) {
        return new Interval(low / unit, high / unit);
    }
}
