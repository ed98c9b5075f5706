package dev.septet.workflows.track;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.septet.workflows.retrain.Trigger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run at one moment, by the clock of its workflow.
 *
 * @param startedMillis start of the run in milliseconds since 1970, UTC
 * @param endedMillis end of the run; null while it continues
 * @param workflowId the run's workflow id
 * @param trigger what started it
 * @param stages the stages that ended so far, in their order
 * @param failureType type of the failure that ended the run; null when it worked, continues or was cancelled. The failure's
 *     message is not here, because it may quote data, and trackers are other programs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunMoment(
        State state,
        long startedMillis,
        @Nullable Long endedMillis,
        String workflowId,
        Trigger trigger,
        List<StageSpan> stages,
        @Nullable String failureType) {
    public RunMoment {
        stages = stages == null ? List.of() : List.copyOf(stages); // lenient reader
    }

    /** The type of the failure that ended the run, and the stage, such as {@code GateFailed in evaluate}; null without one. */
    public @Nullable String reason() {
        String type = failureType;
        if (type == null) {
            return null;
        }
        return stages.stream()
                .filter(StageSpan::failed)
                .map(span -> type + " in " + span.stage().word())
                .reduce((earlier, last) -> last)
                .orElse(type);
    }

    /** States of a run. */
    public enum State {
        RUNNING,
        FINISHED,
        FAILED,
        CANCELLED
    }
}
