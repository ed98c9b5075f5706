package dev.septet.workflows.evaluate;

import dev.septet.workflows.artifact.EvaluationReport;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Work of stage 5. */
@ActivityInterface
public interface EvaluateActivities {
    /** Scores base and tuned model on the same rows, compares, gates, writes the report. */
    @ActivityMethod(name = "Evaluate")
    EvaluationReport evaluate(EvaluateRequest request);
}
