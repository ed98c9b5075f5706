package dev.septet.workflows.setup;

import dev.septet.workflows.artifact.HasOrigin;
import dev.septet.workflows.artifact.Origin;
import java.util.List;

/**
 * The settings that training will use.
 *
 * @param learningRate peak rate, from the search or the file
 * @param rank LoRA rank, from the search or the file; 0 = the method has none
 * @param trials in grid order; empty without a search
 */
public record SetupReport(
        PreflightReport preflight, double learningRate, int rank, List<TrialResult> trials, Origin origin)
        implements HasOrigin {
    public SetupReport {
        trials = List.copyOf(trials);
    }

    /** The report for a file without a search: training uses the settings in the file. */
    public static SetupReport asWritten(SetupRequest request, PreflightReport preflight) {
        return new SetupReport(
                preflight,
                request.train().learningRate().peak(),
                SearchGrid.rank(request),
                List.of(),
                preflight.origin());
    }
}
