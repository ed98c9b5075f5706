package dev.septet.workflows.summary;

import dev.septet.workflows.artifact.ArtifactRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Writes the report of a whole run, after its last stage. */
@ActivityInterface
public interface RunPageActivities {
    /**
     * Adds the run's facts to the page of its evaluation, and records the run as a version of its pipeline. Repeating it
     * changes nothing.
     *
     * @return a folder with {@code report.html}, {@code README.md} and {@code run.json}
     */
    @ActivityMethod(name = "WriteRunPage")
    ArtifactRef write(RunPageRequest request);
}
