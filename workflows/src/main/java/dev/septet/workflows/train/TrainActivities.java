package dev.septet.workflows.train;

import dev.septet.workflows.artifact.CheckpointRef;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Work of stage 4. */
@ActivityInterface
public interface TrainActivities {
    /**
     * Trains from the newest valid checkpoint of the run, or from the start.
     *
     * @throws io.temporal.failure.ApplicationFailure OutOfMemory, DiskFull, CheckpointCorrupt,
     *     Fenced, BackendFailed
     */
    @ActivityMethod(name = "Train")
    CheckpointRef train(TrainRequest request);
}
