package dev.septet.workflows.monitor;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Work of stage 7. */
@ActivityInterface
public interface MonitorActivities {
    /** Reads the audit log from the request's cursor and measures drift against training data. */
    @ActivityMethod(name = "Observe")
    Observation observe(MonitorRequest request);
}
