package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.artifact.CheckpointRef;
import org.jspecify.annotations.Nullable;

/**
 * How the training activity ended: with a result, or paused.
 *
 * @param checkpoint the result, null when it is paused
 * @param paused where it waits, null when it is done
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainOutcome(
        @Nullable CheckpointRef checkpoint, @Nullable Pause paused) {
    /**
     * A training that waits; its checkpoint is committed and no device is held.
     *
     * @param step the step that comes next, counted from 0
     * @param heard sequence of the last command that it knew of
     */
    public record Pause(int step, int heard) {}

    public static TrainOutcome done(CheckpointRef checkpoint) {
        return new TrainOutcome(checkpoint, null);
    }

    public static TrainOutcome paused(int step, int heard) {
        return new TrainOutcome(null, new Pause(step, heard));
    }
}
