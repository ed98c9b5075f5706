package dev.septet.workflows.evaluate;

import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.WorkPriority;
import dev.septet.workflows.artifact.EvaluationReport;
import io.temporal.workflow.WorkflowInit;

/** Orchestration of stage 5. */
public final class EvaluateWorkflowImpl implements EvaluateWorkflow {
    private final EvaluateActivities activities;

    @WorkflowInit
    public EvaluateWorkflowImpl(EvaluateRequest request) {
        activities = StageStubs.counted(
                EvaluateActivities.class,
                request.spec().policy(),
                TaskQueues.training(request.setup().resources()),
                "evaluate " + request.run().pipeline(),
                WorkPriority.FINISH);
    }

    @Override
    public EvaluationReport evaluate(EvaluateRequest request) {
        return activities.evaluate(request);
    }
}
