package dev.septet.workflows.train;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 4. */
@ActivityInterface
public interface TrainActivities {
    /**
     * Trains from the run's newest valid checkpoint, or from the start, to the end or to the step at which it is
     * paused.
     *
     * @param pauses how often this activity ended before without a result: the training was paused, or went on elsewhere
     * @throws io.temporal.failure.ApplicationFailure OutOfMemory, DiskFull, CheckpointCorrupt, Fenced, BackendFailed
     */
    @ActivityMethod(name = "Train")
    TrainOutcome train(TrainRequest request, int pauses);
}
