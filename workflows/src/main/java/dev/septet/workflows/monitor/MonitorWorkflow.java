package dev.septet.workflows.monitor;

import dev.septet.workflows.retrain.RunInProgress;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Watches a deployed model until it is cancelled or replaced. */
@WorkflowInterface
public interface MonitorWorkflow {
    @WorkflowMethod(name = "Monitor")
    void monitor(MonitorRequest request);

    /** Watches this model from now on; the place in the log and the cool-down stay. */
    @SignalMethod(name = "follow")
    void follow(MonitorRequest newer);

    /** A run of the pipeline began; no retraining starts before it ended. */
    @SignalMethod(name = "began")
    void began(RunInProgress run);

    /** A run of the pipeline ended, whatever it made. */
    @SignalMethod(name = "ended")
    void ended(String runId);

    @QueryMethod(name = "status")
    MonitorStatus status();
}
