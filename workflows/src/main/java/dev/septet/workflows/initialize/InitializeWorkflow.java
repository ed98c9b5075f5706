package dev.septet.workflows.initialize;

import dev.septet.workflows.artifact.ModelRef;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** A base model, verified and pinned. */
@WorkflowInterface
public interface InitializeWorkflow {
    @WorkflowMethod(name = "Initialize")
    ModelRef initialize(InitializeRequest request);
}
