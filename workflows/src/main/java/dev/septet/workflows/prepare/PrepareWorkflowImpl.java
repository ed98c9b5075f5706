package dev.septet.workflows.prepare;

import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.DatasetRef;

import io.temporal.workflow.WorkflowInit;

/** Orchestration of stage 1. */
public final class PrepareWorkflowImpl implements PrepareWorkflow {
    private final PrepareActivities activities;

    @WorkflowInit
    public PrepareWorkflowImpl(PrepareRequest request) {
        activities =
                StageStubs.counted(
                        PrepareActivities.class,
                        request.spec().policy(),
                        TaskQueues.LIGHT,
                        "prepare " + request.spec().source());
    }

    @Override
    public DatasetRef prepare(PrepareRequest request) {
        return activities.prepare(request);
    }
}
