package dev.septet.workflows.artifact;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of training.
 *
 * @param artifact a PEFT adapter folder, or a whole model folder for full and partial training
 * @param adapter whether the artifact is an adapter
 * @param ledger {@code ledger.jsonl}: every step's loss, learning rate and gradient norm
 * @param steps optimizer steps taken
 * @param stopReason why training ended: all steps, early stop
 * @param warnings warnings about the training, in the order of their steps; null = none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckpointRef(
        ArtifactRef artifact,
        boolean adapter,
        ArtifactRef ledger,
        int steps,
        double finalLoss,
        @Nullable Double validationLoss,
        String stopReason,
        @Nullable List<TrainingWarning> warnings,
        Origin origin)
        implements HasOrigin {
    public CheckpointRef {
        warnings = warnings == null ? null : List.copyOf(warnings);
    }

    /** A training without warnings. */
    public CheckpointRef(
            ArtifactRef artifact,
            boolean adapter,
            ArtifactRef ledger,
            int steps,
            double finalLoss,
            @Nullable Double validationLoss,
            String stopReason,
            Origin origin) {
        this(artifact, adapter, ledger, steps, finalLoss, validationLoss, stopReason, null, origin);
    }
}
