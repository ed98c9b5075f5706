package dev.septet.workflows.monitor;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that authenticate the sender of a signal to a monitor. */
@ActivityInterface
public interface FollowActivities {
    /**
     * Returns if a worker created the ticket of the run that asks a monitor to follow its model.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when no worker created it
     */
    @ActivityMethod(name = "Admit")
    void admit(MonitorRequest newer);
}
