package dev.septet.workflows.setup;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The training environment, tried before it is used. */
@WorkflowInterface
public interface SetupWorkflow {
    @WorkflowMethod(name = "Setup")
    SetupReport setup(SetupRequest request);
}
