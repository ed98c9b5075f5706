package dev.septet.activities.deploy;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.dsl.pipeline.deploy.DeploySpec;
import dev.septet.workflows.RunRef;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Puts the guard that {@code deploy} declares into the export of a version. */
public interface ExportedGuards {
    /** Digest of the guard for stage keys; null without one. */
    @Nullable
    String digest(RunRef run, @Nullable DeploySpec deploy) throws IOException;

    /**
     * Stores the guard's files, asks it for its first verdicts, and writes its identity to the export.
     *
     * @throws dev.septet.activities.attempt.StageProblem INVALID_PIPELINE when it gives no verdict
     */
    void publish(RunRef run, DeploySpec deploy, ArtifactStore store, Fence fence, Path export) throws IOException;
}
