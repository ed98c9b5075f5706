package dev.septet.workflows.monitor;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Whom a monitor listens to. */
@ActivityInterface
public interface FollowActivities {
    /**
     * Returns when a worker made the ticket of the run that asks a monitor to follow its model.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when none did
     */
    @ActivityMethod(name = "Admit")
    void admit(MonitorRequest newer);
}
