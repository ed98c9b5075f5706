package dev.septet.workflows.notify;

import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import org.jspecify.annotations.Nullable;

/** The ways out. */
@ActivityInterface
public interface NotifyActivities {
    /**
     * Sends one notice one way.
     *
     * @param run whose file says so; null in older histories
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when the worker's operator does
     *     not allow it, InvalidPipeline when a secret is missing or the receiver refuses it,
     *     BackendFailed when another try may help
     */
    @ActivityMethod(name = "Notify")
    void tell(NotifySpec way, Notice notice, @Nullable RunRef run);
}
