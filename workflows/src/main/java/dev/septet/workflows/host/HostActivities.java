package dev.septet.workflows.host;

import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Which machine has a pipeline's files. */
@ActivityInterface
public interface HostActivities {
    /**
     * The pipeline's host. A pipeline that has none gets the worker's own, unless another machine
     * has its files.
     *
     * @throws io.temporal.failure.ApplicationFailure Elsewhere when the pipeline has no host yet,
     *     and was published by another machine than this one
     */
    @ActivityMethod(name = "Host")
    Host host(RunRef run);
}
