package dev.septet.examples.benchmarks;

import java.util.List;

/** The median of values. */
public final class Median {
    private Median() {}

    /** The median; for an even number of values, the mean of the two middle ones. */
    public static double of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
