package dev.septet.workflows.train;

import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way from a training's workflow to the worker that trains: through the artifact store. */
@ActivityInterface
public interface SteeringActivities {
    /**
     * Lays the commands where the training reads them between two steps.
     *
     * @param commands all of the run so far, the newest last
     */
    @ActivityMethod(name = "RecordSteering")
    void record(RunRef run, List<SteeringCommand> commands);

    /**
     * What the training made of a command.
     *
     * @param waitMillis how long to wait for its decision
     * @return null when it has not decided in that time
     */
    @ActivityMethod(name = "SteeringDecision")
    @Nullable
    SteeringDecision decision(RunRef run, int sequence, long waitMillis);
}
