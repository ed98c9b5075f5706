package dev.septet.workflows.monitor;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Work of stage 7. */
@ActivityInterface
public interface MonitorActivities {
    /**
     * Reads the audit log from the request's cursor and counts, without the model.
     *
     * @return without findings; what {@link #observe} would give while there are too few rows
     */
    @ActivityMethod(name = "Count")
    Observation count(MonitorRequest request);

    /** Reads the audit log from the request's cursor and measures drift against training data. */
    @ActivityMethod(name = "Observe")
    Observation observe(MonitorRequest request);
}
