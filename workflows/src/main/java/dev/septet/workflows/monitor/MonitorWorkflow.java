package dev.septet.workflows.monitor;

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

    @QueryMethod(name = "status")
    MonitorStatus status();
}
