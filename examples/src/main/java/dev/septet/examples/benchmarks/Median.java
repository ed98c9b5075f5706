package dev.septet.examples.benchmarks;

import java.util.List;

/** The value in the middle. */
public final class Median {
    private Median() {}

    /** Of an even number of values, the mean of the two in the middle. */
    public static double of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
