package dev.septet.workflows.forget;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** The activity of an erasure that needs the published folders of a pipeline. */
@ActivityInterface
public interface PublishedVersionActivities {
    /**
     * Removes a pipeline's versions of the plan from the places that it publishes to, and looks whether they are gone.
     *
     * @return what is still there, or is at places that this machine cannot see; one sentence each
     */
    @ActivityMethod(name = "RemoveVersions")
    List<String> removeVersions(RemovalRequest request);
}
