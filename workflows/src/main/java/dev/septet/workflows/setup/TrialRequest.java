package dev.septet.workflows.setup;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of a trial: one point of the grid.
 *
 * @param number from 0, in grid order
 * @param rank LoRA rank; 0 = the method has none
 * @param planned all settings and the rungs; null for a grid of learning rates and ranks
 * @param rung the rung at which the trial ends for now, from 0
 */
public record TrialRequest(
        SetupRequest setup,
        int number,
        double learningRate,
        int rank,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PlannedTrial planned,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int rung)
        implements RunScoped {
    /** One point of a grid of learning rates and ranks. */
    public TrialRequest(SetupRequest setup, int number, double learningRate, int rank) {
        this(setup, number, learningRate, rank, null, 0);
    }

    /** A trial until the end of a rung. */
    public static TrialRequest of(SetupRequest setup, PlannedTrial trial, int rung) {
        SearchPoint point = trial.point();
        return new TrialRequest(setup, trial.number(), point.learningRate(), point.rank(), trial, rung);
    }

    @Override
    public RunRef run() {
        return setup.run();
    }

    @Override
    public List<Object> specs() {
        return setup.specs();
    }
}
