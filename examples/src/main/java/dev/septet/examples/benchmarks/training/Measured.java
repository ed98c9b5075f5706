package dev.septet.examples.benchmarks.training;

import dev.septet.examples.benchmarks.Median;
import java.util.List;

/**
 * The steps of one contestant that count.
 *
 * @param peakMemory in bytes, of the process's whole life
 */
record Measured(String name, List<Turn> turns, double firstLoss, long peakMemory) {
    /** Shortest time of real text, in seconds per 1,000 tokens. */
    double least() {
        return times().stream().mapToDouble(time -> time).min().orElseThrow();
    }

    /** The same, of the turn in the middle. */
    double median() {
        return Median.of(times());
    }

    double lastLoss() {
        return turns.get(turns.size() - 1).loss();
    }

    private List<Double> times() {
        return turns.stream().map(turn -> 1000 * turn.seconds() / turn.tokens()).toList();
    }
}
