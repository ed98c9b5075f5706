package dev.septet.workflows.setup;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.HasOrigin;
import dev.septet.workflows.artifact.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings that training will use.
 *
 * @param learningRate peak rate, from the search or the file
 * @param rank LoRA rank, from the search or the file; 0 = the method has none
 * @param trials in the order of the search, each with its last result; empty without a search
 * @param chosen all settings of the winner; null for a grid of learning rates and ranks, and without a search
 * @param search the end of the search; null where {@code chosen} is
 */
public record SetupReport(
        PreflightReport preflight,
        double learningRate,
        int rank,
        List<TrialResult> trials,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SearchPoint chosen,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SearchSummary search,
        Origin origin)
        implements HasOrigin {
    public SetupReport {
        trials = List.copyOf(trials);
    }

    /** The report of a grid of learning rates and ranks, or without a search. */
    public SetupReport(
            PreflightReport preflight, double learningRate, int rank, List<TrialResult> trials, Origin origin) {
        this(preflight, learningRate, rank, trials, null, null, origin);
    }

    /** The settings that a grid of learning rates and ranks chose; null without one. */
    public @Nullable SearchPoint found() {
        return trials.isEmpty() || search != null
                ? null
                : new SearchPoint(learningRate, rank, null, null, null, null, null);
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
