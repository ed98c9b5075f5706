package dev.septet.workflows.evaluate;

import dev.septet.workflows.artifact.EvaluationReport;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Scores on held-out rows, and the gate. */
@WorkflowInterface
public interface EvaluateWorkflow {
    @WorkflowMethod(name = "Evaluate")
    EvaluationReport evaluate(EvaluateRequest request);
}
