package dev.septet.workflows.train;

import dev.septet.workflows.artifact.CheckpointRef;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * From a base model to an adapter or a tuned model.
 *
 * <p>While it trains it can be steered by Updates. Each takes effect at a step that is written down
 * before the step is taken, so that a training which is killed afterwards ends in the same bytes as
 * one that is not. An Update that cannot be taken is refused with a sentence that says why.
 */
@WorkflowInterface
public interface TrainWorkflow {
    @WorkflowMethod(name = "Train")
    CheckpointRef train(TrainRequest request);

    /** Commits a checkpoint, gives the device back, and waits for resume. */
    @UpdateMethod(name = "pause")
    SteeringAnswer pause(@Nullable AtStep at);

    @UpdateValidatorMethod(updateName = "pause")
    void mayPause(@Nullable AtStep at);

    /** Goes on after a pause. */
    @UpdateMethod(name = "resume")
    SteeringAnswer resume();

    @UpdateValidatorMethod(updateName = "resume")
    void mayResume();

    /** Commits a checkpoint between two steps. */
    @UpdateMethod(name = "checkpointNow")
    SteeringAnswer checkpointNow(@Nullable AtStep at);

    @UpdateValidatorMethod(updateName = "checkpointNow")
    void mayCheckpointNow(@Nullable AtStep at);

    /** Ends the training with what it has learned so far; the stages behind it go on. */
    @UpdateMethod(name = "stopEarly")
    SteeringAnswer stopEarly(@Nullable AtStep at);

    @UpdateValidatorMethod(updateName = "stopEarly")
    void mayStopEarly(@Nullable AtStep at);

    /** Trains with another, constant rate from a step on. */
    @UpdateMethod(name = "setLearningRate")
    SteeringAnswer setLearningRate(LearningRateChange change);

    @UpdateValidatorMethod(updateName = "setLearningRate")
    void maySetLearningRate(LearningRateChange change);

    /** Whether it is paused, the rate that was set, and what became of each command. */
    @QueryMethod(name = "status")
    TrainStatus status();
}
