package dev.septet.workflows.catalog;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that ask the server about its task queues. */
@ActivityInterface
public interface QueueActivities {
    /** How many workers have polled the queue's activities in the last minutes. */
    @ActivityMethod(name = "Pollers")
    int pollers(String queue);
}
