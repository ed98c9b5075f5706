package dev.septet.workflows.deploy;

import dev.septet.workflows.artifact.ExportRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Work of stage 6 that needs the engine. */
@ActivityInterface
public interface DeployActivities {
    /**
     * Merges, proves parity, quantises, writes every file form.
     *
     * @throws io.temporal.failure.ApplicationFailure BackendFailed when parity does not hold
     */
    @ActivityMethod(name = "Export")
    ExportRef export(DeployRequest request);
}
