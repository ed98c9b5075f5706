package dev.septet.workflows.setup;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Checks the training environment before it is used, and searches hyper-parameters. */
@WorkflowInterface
public interface SetupWorkflow {
    @WorkflowMethod(name = "Setup")
    SetupReport setup(SetupRequest request);
}
