package dev.septet.workflows.monitor;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 7 that need a host's files, when machines share a store. */
@ActivityInterface
public interface LogActivities {
    /**
     * Reads the audit log from the request's cursor. Stores the rows of a complete window, so that any worker can
     * measure drift.
     */
    @ActivityMethod(name = "ReadLog")
    LogWindow read(MonitorRequest request);
}
