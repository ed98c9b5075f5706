package dev.septet.workflows.setup;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Trains one point of the hyper-parameter grid for a few steps. */
@WorkflowInterface
public interface TrialWorkflow {
    @WorkflowMethod(name = "Trial")
    TrialResult trial(TrialRequest request);
}
