package dev.septet.workflows.prepare;

import dev.septet.workflows.artifact.DatasetRef;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Prepares a dataset: reads rows, splits and tokenizes them. */
@WorkflowInterface
public interface PrepareWorkflow {
    @WorkflowMethod(name = "Prepare")
    DatasetRef prepare(PrepareRequest request);
}
