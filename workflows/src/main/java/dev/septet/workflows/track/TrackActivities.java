package dev.septet.workflows.track;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities that send runs to trackers. */
@ActivityInterface
public interface TrackActivities {
    /**
     * Brings a tracker up to the present state of a run. Repeating it changes nothing.
     *
     * @return where the tracker has the run
     * @throws io.temporal.failure.ApplicationFailure PolicyDenied when the worker's operator does not allow it,
     *     InvalidPipeline when the tracker refuses it, BackendFailed when another attempt may help
     */
    @ActivityMethod(name = "Track")
    TrackedIn track(TrackRequest request);
}
