package dev.septet.workflows.setup;

import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import io.temporal.workflow.WorkflowInit;

/** Orchestration of one trial. */
public final class TrialWorkflowImpl implements TrialWorkflow {
    private final SetupActivities activities;

    @WorkflowInit
    public TrialWorkflowImpl(TrialRequest request) {
        activities = StageStubs.counted(
                SetupActivities.class,
                request.setup().spec().policy(),
                TaskQueues.training(request.setup().spec().resources()),
                "trial " + request.number());
    }

    @Override
    public TrialResult trial(TrialRequest request) {
        return activities.trial(request);
    }
}
