package dev.septet.workflows.setup;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 3. */
@ActivityInterface
public interface SetupActivities {
    /**
     * Probes the worker and runs the first step of every later stage.
     *
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline when the worker cannot run the training (the
     *     message says what is missing), OutOfMemory, BackendFailed
     */
    @ActivityMethod(name = "Preflight")
    PreflightReport preflight(SetupRequest request);

    /** Trains for the search's steps and measures the validation loss. */
    @ActivityMethod(name = "Trial")
    TrialResult trial(TrialRequest request);

    /**
     * Lists the trials of a search, and how many continue at each rung.
     *
     * @param secondsPerStep time of the training's mean optimizer step, for a budget of time
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline when the budget does not suffice for two trials
     */
    @ActivityMethod(name = "PlanSearch")
    SearchPlan planSearch(SetupRequest request, double secondsPerStep);

    /** Stores the table of a search and removes the checkpoints of its trials. */
    @ActivityMethod(name = "EndSearch")
    SearchSummary endSearch(SearchEnd end);
}
