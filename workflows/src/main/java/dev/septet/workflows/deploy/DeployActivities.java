package dev.septet.workflows.deploy;

import dev.septet.workflows.artifact.ExportRef;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Activities of stage 6 that need the engine. */
@ActivityInterface
public interface DeployActivities {
    /**
     * Merges the model, checks parity, quantizes, and writes every file form.
     *
     * @throws io.temporal.failure.ApplicationFailure BackendFailed when parity does not hold
     */
    @ActivityMethod(name = "Export")
    ExportRef export(DeployRequest request);
}
