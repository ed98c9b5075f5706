package dev.septet.workflows.prepare;

import dev.septet.workflows.artifact.DatasetRef;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Rows in, a split and tokenized dataset out. */
@WorkflowInterface
public interface PrepareWorkflow {
    @WorkflowMethod(name = "Prepare")
    DatasetRef prepare(PrepareRequest request);
}
