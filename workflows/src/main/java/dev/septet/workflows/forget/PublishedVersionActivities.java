package dev.septet.workflows.forget;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** The activity of an erasure that needs the published folders of a pipeline. */
@ActivityInterface
public interface PublishedVersionActivities {
    /** Removes the versions of the plan from the places that the pipelines publish to. */
    @ActivityMethod(name = "RemoveVersions")
    void removeVersions(ErasureRequest request);
}
