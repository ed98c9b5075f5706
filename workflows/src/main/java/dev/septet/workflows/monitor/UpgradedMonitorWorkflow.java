package dev.septet.workflows.monitor;

import io.temporal.common.VersioningBehavior;
import io.temporal.workflow.WorkflowInit;
import io.temporal.workflow.WorkflowVersioningBehavior;

/** The monitor on workers with a version. It moves to the current version with its next workflow task, because it lives for months. */
public final class UpgradedMonitorWorkflow extends MonitorWorkflowImpl {
    @WorkflowInit
    public UpgradedMonitorWorkflow(MonitorRequest request) {
        super(request);
    }

    @Override
    @WorkflowVersioningBehavior(VersioningBehavior.AUTO_UPGRADE)
    public void monitor(MonitorRequest request) {
        super.monitor(request);
    }
}
