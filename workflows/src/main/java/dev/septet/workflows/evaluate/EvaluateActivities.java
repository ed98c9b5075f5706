package dev.septet.workflows.evaluate;

import dev.septet.workflows.artifact.EvaluationReport;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 5. */
@ActivityInterface
public interface EvaluateActivities {
    /**
     * Scores the base model and the tuned model on the same rows, compares them, applies the gate, and writes the
     * report.
     */
    @ActivityMethod(name = "Evaluate")
    EvaluationReport evaluate(EvaluateRequest request);
}
