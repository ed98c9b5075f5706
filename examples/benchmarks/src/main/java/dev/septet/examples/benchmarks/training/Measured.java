package dev.septet.examples.benchmarks.training;

import dev.septet.examples.benchmarks.Median;
import java.util.List;

/**
 * The measured steps of one contestant, without warm-up.
 *
 * @param peakMemory peak memory of the process since its start, in bytes
 */
record Measured(String name, List<Turn> turns, double firstLoss, long peakMemory) {
    /** Shortest time of a step, in seconds per 1,000 tokens without padding. */
    double least() {
        return times().stream().mapToDouble(time -> time).min().orElseThrow();
    }

    /** Median time of a step, in seconds per 1,000 tokens without padding. */
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
