package dev.septet.workflows.train;

import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Activities that pass commands from a training's workflow to the worker that trains, through the artifact store. */
@ActivityInterface
public interface SteeringActivities {
    /**
     * Stores the commands where the training reads them between two steps.
     *
     * @param commands all commands of the run so far, the newest last
     */
    @ActivityMethod(name = "RecordSteering")
    void record(RunRef run, List<SteeringCommand> commands);

    /**
     * The training's decision on a command.
     *
     * @param waitMillis how long to wait for the decision
     * @return null when the training has not decided in that time
     */
    @ActivityMethod(name = "SteeringDecision")
    @Nullable
    SteeringDecision decision(RunRef run, int sequence, long waitMillis);
}
