package dev.septet.examples.benchmarks.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets processes take their steps in turn, so that other load on the machine affects all of them.
 */
final class Race {
    private static final int WARM_UP = 2;

    private Race() {}

    /** Runs a comparison. The first steps are warm-up and do not count. */
    static List<Measured> run(SpeedComparison comparison, int repeats, int stepsPerTurn) throws IOException {
        List<StepProcess> running = new ArrayList<>();
        try {
            List<Double> firstLosses = new ArrayList<>();
            List<List<Turn>> turns = new ArrayList<>();
            for (Contestant contestant : comparison.contestants()) {
                StepProcess process = new StepProcess(contestant.command());
                running.add(process);
                firstLosses.add(process.step().loss());
                turns.add(new ArrayList<>());
            }
            for (int repeat = 1 - WARM_UP; repeat <= repeats; repeat++) {
                for (int i = 0; i < running.size(); i++) {
                    Turn turn = turn(running.get(i), stepsPerTurn);
                    if (repeat > 0) {
                        turns.get(i).add(turn);
                    }
                }
            }
            List<Measured> measured = new ArrayList<>();
            for (int i = 0; i < running.size(); i++) {
                measured.add(new Measured(
                        comparison.contestants().get(i).name(),
                        turns.get(i),
                        firstLosses.get(i),
                        running.get(i).peakMemory()));
            }
            return measured;
        } finally {
            for (StepProcess process : running) {
                process.close();
            }
        }
    }

    private static Turn turn(StepProcess process, int steps) throws IOException {
        double seconds = 0;
        long tokens = 0;
        double loss = Double.NaN;
        for (int i = 0; i < steps; i++) {
            Turn step = process.step();
            seconds += step.seconds();
            tokens += step.tokens();
            loss = step.loss();
        }
        return new Turn(seconds, tokens, loss);
    }
}
