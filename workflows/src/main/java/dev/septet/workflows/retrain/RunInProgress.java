package dev.septet.workflows.retrain;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A run of a pipeline that began and did not announce its end.
 *
 * @param workflowId its workflow id, which identifies a retraining
 * @param waits whether it continues only when its monitor gives it its turn
 * @param ticket the run's ticket, which authenticates the monitor's answer; null when the run has none
 */
public record RunInProgress(
        String workflowId,
        Start start,
        boolean waits,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ticket) {
    /** A run without a ticket. */
    public RunInProgress(String workflowId, Start start, boolean waits) {
        this(workflowId, start, waits, null);
    }

    /** The same run, which does not wait any more. */
    RunInProgress continuing() {
        return new RunInProgress(workflowId, start, false, ticket);
    }

    /** Whether both are the same run. */
    boolean is(String runId) {
        return start.runId().equals(runId);
    }
}
