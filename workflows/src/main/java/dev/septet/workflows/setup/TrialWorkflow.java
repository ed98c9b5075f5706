package dev.septet.workflows.setup;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** One point of the hyper-parameter grid. */
@WorkflowInterface
public interface TrialWorkflow {
    @WorkflowMethod(name = "Trial")
    TrialResult trial(TrialRequest request);
}
