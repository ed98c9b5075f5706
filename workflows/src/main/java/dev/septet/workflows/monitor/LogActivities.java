package dev.septet.workflows.monitor;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What stage 7 needs of a host's files, where machines share a store. */
@ActivityInterface
public interface LogActivities {
    /**
     * Reads the audit log from the request's cursor, and puts the rows of a whole window into the
     * store, for whichever worker measures drift.
     */
    @ActivityMethod(name = "ReadLog")
    LogWindow read(MonitorRequest request);
}
