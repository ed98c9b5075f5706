package dev.septet.workflows.train;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities for trainings that go on without a worker, such as jobs of a cluster. */
@ActivityInterface
public interface OutsideTrainingActivities {
    /**
     * Ends such a training after a cancellation.
     *
     * @param pauses as in {@link TrainActivities#train}
     */
    @ActivityMethod(name = "EndTraining")
    void end(TrainRequest request, int pauses);
}
