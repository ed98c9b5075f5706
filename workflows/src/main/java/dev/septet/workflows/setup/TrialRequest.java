package dev.septet.workflows.setup;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Input of a trial: one point of the grid.
 *
 * @param number from 0, in grid order
 * @param rank LoRA rank; 0 = the method has none
 */
public record TrialRequest(SetupRequest setup, int number, double learningRate, int rank) implements RunScoped {
    @Override
    public RunRef run() {
        return setup.run();
    }

    @Override
    public List<Object> specs() {
        return setup.specs();
    }
}
