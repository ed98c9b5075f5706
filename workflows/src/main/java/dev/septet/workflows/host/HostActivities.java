package dev.septet.workflows.host;

import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that find the machine with a pipeline's files. */
@ActivityInterface
public interface HostActivities {
    /**
     * The pipeline's host. A pipeline without a host gets the worker's own, unless another machine has its files.
     *
     * @throws io.temporal.failure.ApplicationFailure Elsewhere when the pipeline has no host yet and another machine
     *     published it
     */
    @ActivityMethod(name = "Host")
    Host host(RunRef run);
}
