package dev.septet.workflows.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer of the query {@code status} of a training.
 *
 * @param pausedAt the step that comes next once it is resumed; null while it is not paused
 * @param learningRate the rate that was set last, null while the file's schedule holds
 * @param commands every command and what became of it, in their order
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrainStatus(
        State state, @Nullable Integer pausedAt, @Nullable Double learningRate, List<SteeringAnswer> commands) {
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
