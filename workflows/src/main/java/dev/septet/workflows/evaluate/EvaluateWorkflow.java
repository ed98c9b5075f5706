package dev.septet.workflows.evaluate;

import dev.septet.workflows.artifact.EvaluationReport;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Evaluates the tuned model on held-out rows and applies the gate. */
@WorkflowInterface
public interface EvaluateWorkflow {
    @WorkflowMethod(name = "Evaluate")
    EvaluationReport evaluate(EvaluateRequest request);
}
