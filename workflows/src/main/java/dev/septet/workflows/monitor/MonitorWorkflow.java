package dev.septet.workflows.monitor;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Watches a deployed model until it is cancelled or replaced. */
@WorkflowInterface
public interface MonitorWorkflow {
    @WorkflowMethod(name = "Monitor")
    void monitor(MonitorRequest request);

    @QueryMethod(name = "status")
    MonitorStatus status();
}
