package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.Progress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Result of the query {@code status} of a training.
 *
 * @param pausedAt the next step after a resume; null while the training is not paused
 * @param learningRate the rate that was set last, null while the file's schedule applies
 * @param waiting progress of a training that goes on without a worker, such as a job of a cluster; null while a worker
 *     follows it
 * @param commands every command with its result, in their order
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainStatus(
        State state,
        @Nullable Integer pausedAt,
        @Nullable Double learningRate,
        @Nullable Progress waiting,
        List<SteeringAnswer> commands) {
    /** States of a training. */
    public enum State {
        TRAINING,
        PAUSED,
        OVER
    }

    public TrainStatus {
        commands = List.copyOf(commands);
    }
}
