package dev.septet.workflows.notify;

import dev.septet.dsl.pipeline.NotifySpec;
import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import org.jspecify.annotations.Nullable;

/** Activities that deliver notifications. */
@ActivityInterface
public interface NotifyActivities {
    /**
     * Sends one notification to one channel.
     *
     * @param run the run whose file declares the channel; null in older histories
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when the worker's operator does not allow it,
     *     InvalidPipeline when a secret is missing or the receiver refuses it, BackendFailed when another attempt may
     *     help
     */
    @ActivityMethod(name = "Notify")
    void tell(NotifySpec channel, Notice notice, @Nullable RunRef run);
}
