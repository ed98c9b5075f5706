package dev.septet.workflows.monitor;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 7. */
@ActivityInterface
public interface MonitorActivities {
    /**
     * Reads the audit log from the request's cursor and counts rows, without the model.
     *
     * @return the observation without findings, equal to that of {@link #observe} while there are too few rows
     */
    @ActivityMethod(name = "Count")
    Observation count(MonitorRequest request);

    /** Reads the audit log from the request's cursor and measures drift from the training data. */
    @ActivityMethod(name = "Observe")
    Observation observe(MonitorRequest request);
}
