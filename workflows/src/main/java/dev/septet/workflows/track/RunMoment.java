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
 * @param failure why the run published nothing; null when it worked or continues
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunMoment(
        State state,
        long startedMillis,
        @Nullable Long endedMillis,
        String workflowId,
        Trigger trigger,
        List<StageSpan> stages,
        @Nullable String failure) {
    public RunMoment {
        stages = stages == null ? List.of() : List.copyOf(stages); // lenient reader
    }

    /** States of a run. */
    public enum State {
        RUNNING,
        FINISHED,
        FAILED,
        CANCELLED
    }
}
