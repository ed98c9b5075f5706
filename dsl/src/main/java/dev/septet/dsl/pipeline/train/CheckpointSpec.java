package dev.septet.dsl.pipeline.train;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * How often training commits a checkpoint, and how many checkpoints are kept.
 *
 * @param everySteps optimizer steps between two checkpoints
 * @param keep how many checkpoints are kept; older ones are removed
 */
public record CheckpointSpec(int everySteps, int keep) {
    public static final CheckpointSpec DEFAULT = new CheckpointSpec(100, 2);

    public CheckpointSpec {
        require(everySteps >= 1, "checkpoint every: must be at least 1.steps");
        require(keep >= 1, "checkpoint keep: must be at least 1, got %s", keep);
    }
}
