package dev.septet.workflows.initialize;

import dev.septet.workflows.artifact.ModelRef;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Verifies and pins a base model. */
@WorkflowInterface
public interface InitializeWorkflow {
    @WorkflowMethod(name = "Initialize")
    ModelRef initialize(InitializeRequest request);
}
