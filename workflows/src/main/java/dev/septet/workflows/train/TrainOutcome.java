package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Progress;
import dev.septet.workflows.artifact.CheckpointRef;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of the training activity: a result or a pause.
 *
 * @param checkpoint the result, null when the training is paused
 * @param paused where it is paused, null when it is not
 * @param waiting null when no other program trains meanwhile
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainOutcome(
        @Nullable CheckpointRef checkpoint,
        @Nullable Pause paused,
        @Nullable Waiting waiting) {
    /**
     * A paused training; its checkpoint is committed and it uses no device.
     *
     * @param step the next step, counted from 0
     * @param heard sequence of the last command that the training knew
     */
    public record Pause(int step, int heard) {}

    /**
     * A training that goes on without a worker, such as a job of a cluster.
     *
     * @param seconds when a worker looks again
     * @param progress what people see meanwhile; null in the histories of earlier versions
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Waiting(long seconds, @Nullable Progress progress) {}

    public static TrainOutcome done(CheckpointRef checkpoint) {
        return new TrainOutcome(checkpoint, null, null);
    }

    public static TrainOutcome paused(int step, int heard) {
        return new TrainOutcome(null, new Pause(step, heard), null);
    }

    public static TrainOutcome waiting(Duration until, @Nullable Progress progress) {
        return new TrainOutcome(null, null, new Waiting(Math.max(1, until.toSeconds()), progress));
    }
}
