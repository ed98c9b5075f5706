package dev.septet.workflows.canary;

import dev.septet.workflows.RunRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What the served models' audit log says of a trial. Both only read. */
@ActivityInterface
public interface CanaryActivities {
    /** Where the pipeline's audit log ends now, in bytes; 0 where there is none yet. */
    @ActivityMethod(name = "CanaryCursor")
    long cursor(RunRef run);

    /**
     * Compares the two models on what they answered since the trial began.
     *
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when the challenger is not on
     *     trial any more: somebody changed the route
     */
    @ActivityMethod(name = "CanaryCheck")
    CanaryReading check(CanaryTrial trial);
}
