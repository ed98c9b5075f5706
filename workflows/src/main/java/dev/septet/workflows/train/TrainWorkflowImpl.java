package dev.septet.workflows.train;

import dev.septet.workflows.StageStubs;
import dev.septet.workflows.TaskQueues;
import dev.septet.workflows.artifact.CheckpointRef;

import io.temporal.workflow.WorkflowInit;

/** Orchestration of stage 4. */
public final class TrainWorkflowImpl implements TrainWorkflow {
    private final TrainActivities activities;

    @WorkflowInit
    public TrainWorkflowImpl(TrainRequest request) {
        activities =
                StageStubs.activities(
                        TrainActivities.class,
                        request.spec().policy(),
                        TaskQueues.training(request.setup().resources()),
                        "train " + request.run().pipeline());
    }

    @Override
    public CheckpointRef train(TrainRequest request) {
        return activities.train(request);
    }
}
