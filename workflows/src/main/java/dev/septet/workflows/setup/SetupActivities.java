package dev.septet.workflows.setup;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Work of stage 3. */
@ActivityInterface
public interface SetupActivities {
    /**
     * Probes the worker and takes every later stage's first step.
     *
     * @throws io.temporal.failure.ApplicationFailure InvalidPipeline when the worker cannot hold
     *     the run (the message says what is short), OutOfMemory, BackendFailed
     */
    @ActivityMethod(name = "Preflight")
    PreflightReport preflight(SetupRequest request);

    /** Trains for the search's steps and measures the validation loss. */
    @ActivityMethod(name = "Trial")
    TrialResult trial(TrialRequest request);
}
