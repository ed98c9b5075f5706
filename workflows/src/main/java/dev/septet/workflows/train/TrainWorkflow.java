package dev.septet.workflows.train;

import dev.septet.workflows.artifact.CheckpointRef;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** From a base model to an adapter or a tuned model. */
@WorkflowInterface
public interface TrainWorkflow {
    @WorkflowMethod(name = "Train")
    CheckpointRef train(TrainRequest request);
}
