package dev.septet.workflows.initialize;

import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.ModelRef;
import io.temporal.workflow.WorkflowInit;

/** Orchestration of stage 2. */
public final class InitializeWorkflowImpl implements InitializeWorkflow {
    private final InitializeActivities activities;

    @WorkflowInit
    public InitializeWorkflowImpl(InitializeRequest request) {
        activities = StageStubs.counted(
                InitializeActivities.class,
                request.spec().policy(),
                TaskQueues.LIGHT,
                "verify " + request.spec().model());
    }

    @Override
    public ModelRef initialize(InitializeRequest request) {
        return activities.initialize(request);
    }
}
