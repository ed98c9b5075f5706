package dev.septet.examples.benchmarks.training;

import java.util.List;

/**
 * The steps of one contestant that count.
 *
 * @param peakMemory in bytes, of the process's whole life
 */
record Measured(String name, List<Turn> turns, double firstLoss, long peakMemory) {
    /** Shortest time of real text, in seconds per 1,000 tokens. */
    double least() {
        return sorted().get(0);
    }

    /** The same, of the turn in the middle. */
    double median() {
        List<Double> sorted = sorted();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(half)
                : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    double lastLoss() {
        return turns.get(turns.size() - 1).loss();
    }

    private List<Double> sorted() {
        return turns.stream().map(turn -> 1000 * turn.seconds() / turn.tokens()).sorted().toList();
    }
}
