package dev.septet.examples.benchmarks.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A logarithmic axis between two positions of the plot. */
record Scale(double least, double most, double from, double to) {
    static Scale over(List<Double> values, double from, double to) {
        double min = values.stream().mapToDouble(value -> value).min().orElse(1);
        double max = values.stream().mapToDouble(value -> value).max().orElse(10);
        return new Scale(min * 0.9, max * 1.1, from, to);
    }

    double at(double value) {
        return from + (to - from) * Math.log(value / least) / Math.log(most / least);
    }

    /** Ticks at 1, 2 and 5 times powers of ten. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (double power = Math.pow(10, Math.floor(Math.log10(least))); power <= most; power *= 10) {
            for (double tick : new double[] {power, 2 * power, 5 * power}) {
                if (tick >= least && tick <= most) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    static String label(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.3g" : "%,.0f", value);
    }
}
