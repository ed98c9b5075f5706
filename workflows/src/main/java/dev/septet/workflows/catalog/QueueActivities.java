package dev.septet.workflows.catalog;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What the server knows of its task queues. */
@ActivityInterface
public interface QueueActivities {
    /** How many workers have polled the queue's activities in the last minutes. */
    @ActivityMethod(name = "Pollers")
    int pollers(String queue);
}
