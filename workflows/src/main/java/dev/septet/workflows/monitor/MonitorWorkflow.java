package dev.septet.workflows.monitor;

import dev.septet.workflows.retrain.RunInProgress;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Monitors a deployed model until it is cancelled or replaced. */
@WorkflowInterface
public interface MonitorWorkflow {
    @WorkflowMethod(name = "Monitor")
    void monitor(MonitorRequest request);

    /** Monitors this model from now on; the position in the log and the cooldown stay. */
    @SignalMethod(name = "follow")
    void follow(MonitorRequest newer);

    /** A run of the pipeline began; no retraining starts before it has ended. */
    @SignalMethod(name = "began")
    void began(RunInProgress run);

    /** A run of the pipeline ended, with any result. */
    @SignalMethod(name = "ended")
    void ended(String runId);

    /**
     * Continues as a new execution after the current interval, and forgets nothing. The new history has no payload that an earlier
     * key encrypted, so the operator need not wait for the end of the history to remove the key.
     */
    @SignalMethod(name = "renew")
    void renew();

    @QueryMethod(name = "status")
    MonitorStatus status();
}
