package dev.septet.workflows.train;

import dev.septet.workflows.artifact.CheckpointRef;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * Trains a base model to an adapter or a tuned model.
 *
 * <p>Updates steer a running training. The step at which each one takes effect is recorded before that step begins. A
 * training that is killed afterwards therefore ends with the same bytes as one that is not. An Update that cannot be
 * accepted is refused with the reason.
 */
@WorkflowInterface
public interface TrainWorkflow {
    @WorkflowMethod(name = "Train")
    CheckpointRef train(TrainRequest request);

    /** Commits a checkpoint, releases the device, and waits for resume. */
    @UpdateMethod(name = "pause")
    SteeringAnswer pause(@Nullable AtStep at);

    @UpdateValidatorMethod(updateName = "pause")
    void mayPause(@Nullable AtStep at);

    /** Continues after a pause. */
    @UpdateMethod(name = "resume")
    SteeringAnswer resume();

    @UpdateValidatorMethod(updateName = "resume")
    void mayResume();

    /** Commits a checkpoint between two steps. */
    @UpdateMethod(name = "checkpointNow")
    SteeringAnswer checkpointNow(@Nullable AtStep at);

    @UpdateValidatorMethod(updateName = "checkpointNow")
    void mayCheckpointNow(@Nullable AtStep at);

    /** Ends the training with what it has learned so far; the later stages continue. */
    @UpdateMethod(name = "stopEarly")
    SteeringAnswer stopEarly(@Nullable AtStep at);

    @UpdateValidatorMethod(updateName = "stopEarly")
    void mayStopEarly(@Nullable AtStep at);

    /** Trains with another, constant rate from a step on. */
    @UpdateMethod(name = "setLearningRate")
    SteeringAnswer setLearningRate(LearningRateChange change);

    @UpdateValidatorMethod(updateName = "setLearningRate")
    void maySetLearningRate(LearningRateChange change);

    /** Whether the training is paused, the rate that was set, and the result of each command. */
    @QueryMethod(name = "status")
    TrainStatus status();
}
