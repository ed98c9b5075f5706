package dev.septet.workers.cli.run;

import dev.septet.workers.version.WorkerVersion;
import dev.septet.workflows.PipelineStatus;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run at one time.
 *
 * @param started start time, ISO-8601, to the second
 * @param ended end time in the same form; null while the run is open
 * @param stages null when no worker answers the query now
 * @param version the version of workers that the run is pinned to; null for none
 */
public record RunSnapshot(
        String runId,
        String started,
        @Nullable String ended,
        WorkflowExecutionStatus state,
        @Nullable PipelineStatus stages,
        List<LiveActivity> activities,
        @Nullable WorkerVersion version) {
    public RunSnapshot {
        activities = List.copyOf(activities);
    }

    public boolean running() {
        return state == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
                || state == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW;
    }
}
