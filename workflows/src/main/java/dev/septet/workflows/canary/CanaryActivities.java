package dev.septet.workflows.canary;

import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that compare the two models of a trial from the served models' audit log. Both only read. */
@ActivityInterface
public interface CanaryActivities {
    /** The current end of the pipeline's audit log, in bytes; 0 when there is none yet. */
    @ActivityMethod(name = "CanaryCursor")
    long cursor(RunRef run);

    /**
     * Compares the answers of the two models since the trial began.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when the challenger is not on trial any more, because
     *     somebody changed the route
     */
    @ActivityMethod(name = "CanaryCheck")
    CanaryReading check(CanaryTrial trial);
}
