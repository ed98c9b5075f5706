package dev.septet.workflows.retrain;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A run of a pipeline that began and was not heard to end.
 *
 * @param workflowId its id; a retraining is known by it
 * @param waits it goes on only when its watch says that its turn has come
 * @param ticket the run's, by which it knows the watch's answer; null where it has none
 */
public record RunInProgress(
        String workflowId,
        Start start,
        boolean waits,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ticket) {
    /** Of a run without a ticket. */
    public RunInProgress(String workflowId, Start start, boolean waits) {
        this(workflowId, start, waits, null);
    }

    /** The same, which waits no longer. */
    RunInProgress going() {
        return new RunInProgress(workflowId, start, false, ticket);
    }

    /** Whether both are the same run. */
    boolean is(String runId) {
        return start.runId().equals(runId);
    }
}
